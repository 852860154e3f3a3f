namespace KubeIdP.Server.Factors;

/// <summary>What came of a try.</summary>
internal enum FactorResult
{
    Right,

    /// <summary>Another try is left.</summary>
    Wrong,

    /// <summary>There is nothing to compare an answer with: what is kept of the factor does not open. The try is not counted.</summary>
    Unreadable,

    /// <summary>
    /// The last try is used up, or the login was overtaken by another one or by an administrator: the login begins again.
    /// </summary>
    LoginOver,
}

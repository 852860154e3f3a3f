namespace KubeIdP.Server.Factors;

/// <summary>The result of an attempt.</summary>
internal enum FactorResult
{
    Right,

    /// <summary>The answer was wrong; another attempt is allowed.</summary>
    Wrong,

    /// <summary>The answer can't be checked, because the stored secret of the factor can't be opened. The attempt is not counted.</summary>
    Unreadable,

    /// <summary>
    /// The last attempt is used up, or another login or an administrator has changed the state of the person: the login starts again.
    /// </summary>
    LoginOver,
}

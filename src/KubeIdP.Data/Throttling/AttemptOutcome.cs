namespace KubeIdP.Data.Throttling;

/// <summary>The outcome of an attempt that was counted as in progress.</summary>
public enum AttemptOutcome
{
    /// <summary>It failed and counts from now on.</summary>
    Failure,

    /// <summary>It succeeded: all failures before it are reset.</summary>
    Success,

    /// <summary>It was not checked, and is no longer counted.</summary>
    Nothing,
}

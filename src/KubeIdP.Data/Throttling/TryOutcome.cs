namespace KubeIdP.Data.Throttling;

/// <summary>What becomes of a try that was counted as under way.</summary>
public enum TryOutcome
{
    /// <summary>It counts from now on.</summary>
    Failure,

    /// <summary>It was right: all failures before it are forgotten.</summary>
    Success,

    /// <summary>It was nobody's failure: as if it had not been made.</summary>
    Nothing,
}

namespace KubeIdP.Data.Guessing;

/// <summary>What came of asking for a try.</summary>
public abstract record Taking
{
    private Taking()
    {
    }

    /// <summary>It is counted as under way in all of these, until <see cref="FailureStore.SettleAsync"/>.</summary>
    public sealed record Taken(IReadOnlyList<Throttle> Throttles) : Taking;

    /// <summary>Too many failures; nothing was counted.</summary>
    public sealed record Delayed(Throttle By) : Taking;

    /// <summary>Others who are under way may still turn out to have failed; nothing was counted, and it may be asked again.</summary>
    public sealed record Busy(Throttle By) : Taking;
}

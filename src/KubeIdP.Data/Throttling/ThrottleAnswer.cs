namespace KubeIdP.Data.Throttling;

/// <summary>What came of asking for a try.</summary>
public abstract record ThrottleAnswer
{
    private ThrottleAnswer()
    {
    }

    /// <summary>It is counted as under way in all of these, until <see cref="FailureStore.SettleAsync"/>.</summary>
    public sealed record Taken(IReadOnlyList<Throttle> Throttles) : ThrottleAnswer;

    /// <summary>Too many failures; nothing was counted.</summary>
    public sealed record Delayed(Throttle By) : ThrottleAnswer;

    /// <summary>Others who are under way may still turn out to have failed; nothing was counted, and it may be asked again.</summary>
    public sealed record Busy(Throttle By) : ThrottleAnswer;
}

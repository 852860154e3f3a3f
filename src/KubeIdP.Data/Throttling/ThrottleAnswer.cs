namespace KubeIdP.Data.Throttling;

/// <summary>The answer of a throttle to an attempt.</summary>
public abstract record ThrottleAnswer
{
    private ThrottleAnswer()
    {
    }

    /// <summary>The attempt is counted as in progress in all of these, until <see cref="FailureStore.SettleAsync"/>.</summary>
    public sealed record Taken(IReadOnlyList<Throttle> Throttles) : ThrottleAnswer;

    /// <summary>Too many failures; nothing was counted.</summary>
    public sealed record Delayed(Throttle By) : ThrottleAnswer;

    /// <summary>Other attempts are in progress and may still fail; nothing was counted, and the call may be repeated.</summary>
    public sealed record Busy(Throttle By) : ThrottleAnswer;
}

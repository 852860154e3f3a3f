namespace KubeIdP.Server.Sessions;

public sealed record SessionOptions
{
    /// <summary>After this time a person signs in again, whatever they did in between; from 5 minutes to 30 days.</summary>
    public TimeSpan AbsoluteLifetime { get; init; } = TimeSpan.FromHours(12);

    /// <summary>A session without any sign of life for this long is over; at least 5 minutes. Default: off.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    internal bool IsIdle(DateTimeOffset lastActiveAt, DateTimeOffset now) => IdleTimeout is { } timeout && now - lastActiveAt > timeout;
}

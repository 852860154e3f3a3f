namespace KubeIdP.Server.Sessions;

public sealed record SessionOptions
{
    /// <summary>After this time a person signs in again, whatever they did in between; from 5 minutes to 30 days.</summary>
    public TimeSpan AbsoluteLifetime { get; init; } = TimeSpan.FromHours(12);

    /// <summary>A session without any sign of life for this long is over; at least 5 minutes. Default: off.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>
    /// While a directory doesn't answer, what it last said about a person serves for this long; then nothing is issued to them until it answers again.
    /// Nobody is signed out by it. From 00:00:00, which issues nothing as soon as the last answer is a minute old, to 12:00:00.
    /// </summary>
    public TimeSpan DirectoryGrace { get; init; } = TimeSpan.FromMinutes(15);

    internal bool IsIdle(DateTimeOffset lastActiveAt, DateTimeOffset now) => IdleTimeout is { } timeout && now - lastActiveAt > timeout;
}

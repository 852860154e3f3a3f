namespace KubeIdP.Server.Sessions;

public sealed record SessionOptions
{
    /// <summary>A person must sign in again after this time, even if the session was in use; from 5 minutes to 30 days.</summary>
    public TimeSpan AbsoluteLifetime { get; init; } = TimeSpan.FromHours(12);

    /// <summary>A session that was not used for this long ends; at least 5 minutes. Default: off.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>
    /// While an upstream does not answer, its last answer about a person is used for this long. After that, the person gets no tokens until
    /// the upstream answers again; their sessions do not end. From 00:00:00 (no tokens as soon as the last answer is a minute old) to
    /// 12:00:00. It does not apply to upstreams that are asked only at a login.
    /// </summary>
    public TimeSpan UpstreamGrace { get; init; } = TimeSpan.FromMinutes(15);

    internal bool IsIdle(DateTimeOffset lastActiveAt, DateTimeOffset now) => IdleTimeout is { } timeout && now - lastActiveAt > timeout;
}

namespace KubeIdP.Server.Tokens;

public sealed record TokenOptions
{
    /// <summary>A cluster can't revoke an ID token: this lifetime, plus the API server's cache of 10 s, is how late a lock-out may be.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromMinutes(15);

    /// <summary>How long an ID token and an access token live, from 10 seconds to 15 minutes.</summary>
    public TimeSpan IdTokenLifetime { get; init; } = TimeSpan.FromMinutes(1);
}

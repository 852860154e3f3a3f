using KubeIdP.Server.Keys;

namespace KubeIdP.Server.Tokens;

public sealed record TokenOptions
{
    /// <summary>A cluster can't revoke an ID token: this lifetime, plus the API server's cache of 10 s, is how late a lock-out may be.</summary>
    public static readonly TimeSpan MaxLifetime = KeySchedule.LongestToken;

    /// <summary>How long an ID token and an access token live, from 10 seconds to 15 minutes.</summary>
    public TimeSpan IdTokenLifetime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// In bytes, how large an ID token may become, from 2048 to 32768. Beyond it the person is refused with words that say so, for a part of their groups
    /// would be another person's rights; <see cref="Clients.ClientGroupOptions.Include"/> keeps tokens small.
    /// </summary>
    public int MaxIdTokenSize { get; init; } = 8192;
}

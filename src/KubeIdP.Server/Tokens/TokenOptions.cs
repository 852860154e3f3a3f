using KubeIdP.Server.Clients;
using KubeIdP.Server.Keys;

namespace KubeIdP.Server.Tokens;

public sealed record TokenOptions
{
    /// <summary>
    /// A cluster can't revoke an ID token, so a lock-out can take as long as this lifetime plus the API server's cache of 10 s.
    /// </summary>
    public static readonly TimeSpan MaxLifetime = KeySchedule.MaxTokenLifetime;

    /// <summary>
    /// The lifetime of ID tokens and access tokens, from 10 seconds to 15 minutes. A cluster or client can have one of its own.
    /// </summary>
    public TimeSpan IdTokenLifetime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The maximum size of an ID token in bytes, from 2048 to 32768. A person whose token would be larger is refused with an error that
    /// says so; the token is never issued with only some of their groups, which would be other rights than theirs. <see
    /// cref="ClientGroupOptions.Include"/> keeps tokens small.
    /// </summary>
    public int MaxIdTokenSize { get; init; } = 8192;

    /// <summary>The lifetime of the ID tokens and access tokens of one client.</summary>
    internal TimeSpan LifetimeOf(Client client) => client.Options.IdTokenLifetime ?? IdTokenLifetime;
}

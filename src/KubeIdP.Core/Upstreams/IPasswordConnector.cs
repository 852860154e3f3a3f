namespace KubeIdP.Core.Upstreams;

/// <summary>Checks a name and password typed into this server's form.</summary>
public interface IPasswordConnector : IConnector
{
    /// <summary>
    /// Answers whether this password opens this account. An empty password is refused before the upstream is asked: a directory may answer
    /// "success" to a bind without one (RFC 4513 §5.1.2).
    /// </summary>
    /// <param name="username">As typed.</param>
    /// <param name="password">As typed.</param>
    /// <param name="mayTry">
    /// Asked before the password is looked at or sent, each time, also for a name that nobody has. When it says no, the password is not
    /// looked at and the answer is <see cref="Refusal.Delayed"/>.
    /// </param>
    /// <param name="ct">Ends it; what was sent has arrived all the same.</param>
    Task<UpstreamAnswer> AuthenticateAsync(string username, string password, Func<TriedAccount, Task<bool>> mayTry, CancellationToken ct);
}

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
    /// Called each time before the password is checked or sent, even for a name that nobody has. If it returns false, the password is not
    /// checked, and the answer is <see cref="Refusal.Delayed"/>.
    /// </param>
    /// <param name="ct">Cancels the check; a password that was sent has arrived nevertheless.</param>
    Task<UpstreamAnswer> AuthenticateAsync(string username, string password, Func<TriedAccount, Task<bool>> mayTry, CancellationToken ct);
}

namespace KubeIdP.Core.Upstreams;

/// <summary>Checks a name and password typed into our own form.</summary>
public interface IPasswordConnector : IConnector
{
    /// <summary>
    /// Answers whether this password opens this account. An empty password is refused before the upstream is asked:
    /// a directory may answer "success" to a bind without one (RFC 4513 §5.1.2).
    /// </summary>
    Task<UpstreamAnswer> AuthenticateAsync(string username, string password, CancellationToken ct);
}

using KubeIdP.Core.Upstreams;

namespace KubeIdP.Testing.Directories;

public static class PasswordConnectors
{
    /// <summary>A try that nothing limits: for tests of what the upstream itself says.</summary>
    public static Task<UpstreamAnswer> AuthenticateAsync(this IPasswordConnector connector, string username, string password,
        CancellationToken ct) =>
        connector.AuthenticateAsync(username, password, _ => Task.FromResult(true), ct);
}

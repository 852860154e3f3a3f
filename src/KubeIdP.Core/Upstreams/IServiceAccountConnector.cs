namespace KubeIdP.Core.Upstreams;

/// <summary>
/// A connector that signs in to its upstream with an account of its own. When the password of that account expires, nobody can sign in.
/// </summary>
public interface IServiceAccountConnector : IConnector
{
    /// <summary>When that password expires; null: it never does, or the upstream does not show it or does not answer.</summary>
    Task<DateTimeOffset?> PasswordEndsAtAsync(CancellationToken ct);
}

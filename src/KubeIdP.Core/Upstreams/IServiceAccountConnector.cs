namespace KubeIdP.Core.Upstreams;

/// <summary>
/// A connector that signs in to its upstream with an account of its own, whose password may end one day and take everybody's logins with
/// it.
/// </summary>
public interface IServiceAccountConnector : IConnector
{
    /// <summary>When that password ends; null when it never does, the upstream does not say, or does not answer.</summary>
    Task<DateTimeOffset?> PasswordEndsAtAsync(CancellationToken ct);
}

namespace KubeIdP.Core.Upstreams;

/// <summary>Looks a person up again, without their password, so that a refresh shows them as they are now.</summary>
public interface IRefreshConnector : IConnector
{
    /// <param name="upstreamId">The immutable id that <see cref="UpstreamIdentity.UpstreamId"/> gave at login.</param>
    /// <param name="ct">Ends the look-up; the person's state is then unknown.</param>
    Task<UpstreamAnswer> LookUpAsync(string upstreamId, CancellationToken ct);
}

namespace KubeIdP.Core.Upstreams;

/// <summary>Says what a login under a name would see, without a password: for an administrator who prepares or examines it.</summary>
public interface IPreviewConnector : IConnector
{
    /// <param name="username">As a person would type it.</param>
    /// <param name="ct">Ends the look-up; nothing is known then.</param>
    Task<UpstreamAnswer> PreviewAsync(string username, CancellationToken ct);
}

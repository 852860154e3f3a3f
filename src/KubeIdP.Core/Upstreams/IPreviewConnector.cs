namespace KubeIdP.Core.Upstreams;

/// <summary>Previews a login without a password, for an administrator who prepares or checks the configuration.</summary>
public interface IPreviewConnector : IConnector
{
    /// <param name="username">As a person would type it.</param>
    /// <param name="ct">Cancels the look-up; the result is then unknown.</param>
    Task<UpstreamAnswer> PreviewAsync(string username, CancellationToken ct);

    /// <summary>The settings of this upstream that decide about a refusal, by their keys; empty: none does.</summary>
    IReadOnlyList<string> SettingsFor(Refusal reason);
}

using KubeIdP.Connectors;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Upstreams;

namespace KubeIdP.Server.Commands;

/// <summary>An upstream, as JSON for scripts.</summary>
/// <param name="SignIn">How people sign in: "password" in the login form of this server, "redirect" on a page of the upstream.</param>
/// <param name="IsLookedUpAgain">
/// Whether a refresh reads people from the upstream again; if not, they stay as they were at their login.
/// </param>
internal sealed record UpstreamRow(string Name, string Kind, IReadOnlyList<string> Domains, string SignIn, bool IsLookedUpAgain)
{
    public static UpstreamRow Of(ConfiguredConnector one, UpstreamOptions options) => new(
        one.Id.Value, EffectiveSettings.Text(options.Kind), one.Domains, one.Connector is IRedirectConnector ? "redirect" : "password",
        one.Connector is IRefreshConnector);
}

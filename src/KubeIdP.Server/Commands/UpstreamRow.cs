using KubeIdP.Connectors;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Upstreams;

namespace KubeIdP.Server.Commands;

/// <summary>An upstream as scripts see it.</summary>
/// <param name="SignIn">Where people prove who they are: "password" in our own form, "redirect" on a page of the upstream.</param>
/// <param name="IsLookedUpAgain">Whether a refresh shows people as they are there now; else as they were at their login.</param>
internal sealed record UpstreamRow(string Name, string Kind, IReadOnlyList<string> Domains, string SignIn, bool IsLookedUpAgain)
{
    public static UpstreamRow Of(ConfiguredConnector one, UpstreamOptions options) => new(
        one.Id.Value, EffectiveSettings.Text(options.Kind), one.Domains, one.Connector is IRedirectConnector ? "redirect" : "password",
        one.Connector is IRefreshConnector);
}

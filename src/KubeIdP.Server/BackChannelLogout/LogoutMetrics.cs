using System.Diagnostics.Metrics;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.BackChannelLogout;

/// <summary>
/// Counts logout notifications. The instrument <c>kubeidp.backchannel_logouts</c> of the meter <c>KubeIdP.BackChannelLogout</c>.
/// </summary>
internal sealed class LogoutMetrics(IMeterFactory meters, ClientCatalog clients)
{
    private readonly SeriesCounter logouts = new(
        meters.Create("KubeIdP.BackChannelLogout"), "kubeidp.backchannel_logouts", "{call}",
        "Calls that notify web clients that a session has ended, by outcome.",
        ["client", "outcome"],
        clients.All.Where(client => client.Application?.BackChannelLogoutUri is not null)
            .SelectMany(client => (string[][])[[client.Id, "delivered"], [client.Id, "failed"]]));

    public void Delivered(string client) => logouts.Add(client, "delivered");

    /// <summary>The call failed, and is retried for a day.</summary>
    public void Failed(string client) => logouts.Add(client, "failed");
}

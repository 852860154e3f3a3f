using System.Diagnostics.Metrics;

namespace KubeIdP.Server.BackChannelLogout;

/// <summary>Whether clients hear of ended sessions. The instrument <c>kubeidp.backchannel_logouts</c> of the meter <c>KubeIdP.BackChannelLogout</c>.</summary>
internal sealed class LogoutMetrics
{
    private readonly Counter<long> logouts;

    public LogoutMetrics(IMeterFactory meters) =>
        logouts = meters.Create("KubeIdP.BackChannelLogout").CreateCounter<long>("kubeidp.backchannel_logouts", "{call}", "Calls by which web clients are told that a session has ended, by what came of them.");

    public void Delivered(string client) => Count(client, "delivered");

    /// <summary>It is tried again, for a day.</summary>
    public void Failed(string client) => Count(client, "failed");

    private void Count(string client, string outcome) => logouts.Add(1, new KeyValuePair<string, object?>("client", client), new KeyValuePair<string, object?>("outcome", outcome));
}

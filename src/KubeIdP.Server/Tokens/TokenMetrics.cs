using System.Diagnostics.Metrics;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Tokens;

/// <summary>Metrics about issued tokens. Instruments of the meter <c>KubeIdP.Tokens</c>.</summary>
internal sealed class TokenMetrics
{
    public const string MeterName = "KubeIdP.Tokens";

    private readonly Histogram<int> idTokenSize;
    private readonly SeriesCounter idTokensTooLarge;
    private readonly SeriesCounter refreshes;
    private readonly SeriesCounter groupsLeftOut;
    private readonly SeriesCounter accessRefused;

    public TokenMetrics(IMeterFactory meters, ClientCatalog clients)
    {
        var meter = meters.Create(MeterName);
        idTokenSize = meter.CreateHistogram(
            "kubeidp.id_token.size", "By", "Estimated size of ID tokens before they are issued.",
            advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1024, 2048, 3072, 4096, 6144, 8192, 12288, 16384, 32768] });
        idTokensTooLarge = new(
            meter, "kubeidp.id_token.too_large", "{token}",
            "ID tokens that were not issued because they would have been larger than tokens.maxIdTokenSize.",
            ["client"], clients.All.Select(client => (string[])[client.Id]));
        refreshes = new(
            meter, "kubeidp.refreshes", "{refresh}", "Refresh tokens that were presented, by outcome.",
            ["outcome"],
            [["rotated"], ["repeated"], ["lost_answer"], ["lost_write"], ["over"], ["replayed"], ["postponed"], ["too_large"],
                ["no_access"]]);
        groupsLeftOut = new(
            meter, "kubeidp.token.groups.left_out", "{group}",
            "How often a group was left out of a client's tokens, because its name for this client is not allowed in a token.",
            ["client"], clients.All.Select(client => (string[])[client.Id]));
        accessRefused = new(
            meter, "kubeidp.access.refused", "{request}",
            "Requests at sign-in, for the redemption of a code and for a refresh that were refused because the person is in none of the "
            + "groups of access.groups.",
            ["client"], clients.All.Select(client => (string[])[client.Id]));
    }

    /// <param name="outcome">
    /// <c>rotated</c>, <c>repeated</c>, <c>lost_answer</c>, <c>lost_write</c>; <c>over</c> and <c>replayed</c>, after which the person must
    /// sign in again; <c>postponed</c>, if it is unknown; <c>too_large</c>; <c>no_access</c>.
    /// </param>
    public void Refreshed(string outcome) => refreshes.Add(outcome);

    public void AccessRefused(string client) => accessRefused.Add(client);

    public void GroupLeftOut(string client) => groupsLeftOut.Add(client);

    /// <param name="client">The client of the token.</param>
    /// <param name="size">In bytes, as estimated.</param>
    /// <param name="limit">A larger token is not issued.</param>
    public void IdTokenSize(string client, int size, int limit)
    {
        idTokenSize.Record(size, new KeyValuePair<string, object?>("client", client));
        if (size > limit) idTokensTooLarge.Add(client);
    }
}

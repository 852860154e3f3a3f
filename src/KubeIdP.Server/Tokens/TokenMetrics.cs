using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using KubeIdP.Server.Issuer;

namespace KubeIdP.Server.Tokens;

/// <summary>What is issued. Instruments of the meter <c>KubeIdP.Tokens</c>.</summary>
internal sealed class TokenMetrics
{
    public const string MeterName = "KubeIdP.Tokens";

    private readonly Histogram<int> idTokenSize;
    private readonly Counter<long> idTokensTooLarge;
    private readonly Counter<long> refreshes;

    // All series are there from the start, with 0: of one that begins with its first event no increase is ever seen.
    private readonly ConcurrentDictionary<string, long> groupsLeftOut;

    public TokenMetrics(IMeterFactory meters, ClientCatalog clients)
    {
        var meter = meters.Create(MeterName);
        idTokenSize = meter.CreateHistogram(
            "kubeidp.id_token.size", "By", "How large ID tokens are, as estimated before they are issued.",
            advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1024, 2048, 3072, 4096, 6144, 8192, 12288, 16384, 32768] });
        idTokensTooLarge = meter.CreateCounter<long>("kubeidp.id_token.too_large", "{token}", "ID tokens that were not issued because they would have been larger than tokens.maxIdTokenSize.");
        groupsLeftOut = new(clients.All.Select(client => KeyValuePair.Create(client.Id, 0L)));
        meter.CreateObservableCounter(
            "kubeidp.token.groups.left_out", () => groupsLeftOut.Select(one => new Measurement<long>(one.Value, new KeyValuePair<string, object?>("client", one.Key))),
            "{group}", "How often a group was left out of a client's tokens, because it can't stand there under the name that the client has for it.");
        refreshes = meter.CreateCounter<long>("kubeidp.refreshes", "{refresh}", "Refresh tokens that were presented, by what came of them.");
    }

    /// <param name="outcome"><c>rotated</c>, <c>repeated</c>, <c>lost_answer</c>; <c>over</c> and <c>replayed</c>, after which the person signs in again;
    /// <c>postponed</c>, when nobody knows; <c>too_large</c>.</param>
    public void Refreshed(string outcome) => refreshes.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void GroupLeftOut(string client) => groupsLeftOut.AddOrUpdate(client, 1, (_, count) => count + 1);

    /// <param name="client">Whose token it is.</param>
    /// <param name="size">In bytes, as estimated.</param>
    /// <param name="limit">Beyond it none is issued.</param>
    public void IdTokenSize(string client, int size, int limit)
    {
        idTokenSize.Record(size, new KeyValuePair<string, object?>("client", client));
        if (size > limit) idTokensTooLarge.Add(1, new KeyValuePair<string, object?>("client", client));
    }
}

using KubeIdP.Data.Reports;
using KubeIdP.Server.Clients;

namespace KubeIdP.Server.Reports;

/// <summary>The live sessions of each client, including clients without any.</summary>
internal sealed class ClientReport(ReportStore store, ClientCatalog clients)
{
    public async Task<IReadOnlyList<ReportedClient>> ReadAsync(CancellationToken ct)
    {
        var open = (await store.ClientsAsync(ct)).ToDictionary(client => client.ClientId);
        return
        [
            .. clients.All.Select(client => client.Id).Union(open.Keys).OrderBy(id => id.Value, StringComparer.Ordinal)
                .Select(id => open.GetValueOrDefault(id) ?? new ReportedClient(id, 0, 0, null, null)),
        ];
    }
}

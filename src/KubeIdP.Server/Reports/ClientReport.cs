using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Reports;
using KubeIdP.Server.Clients;

namespace KubeIdP.Server.Reports;

/// <summary>The live sessions of each client, including clients without any.</summary>
internal sealed class ClientReport(ReportStore store, ClientCatalog clients)
{
    public async Task<IReadOnlyList<ReportedClient>> ReadAsync(CancellationToken ct)
    {
        var open = (await store.ClientsAsync(ct)).ToDictionary(client => client.ClientId.Value, StringComparer.Ordinal);
        return
        [
            .. clients.All.Select(client => client.Id).Union(open.Keys).Order(StringComparer.Ordinal)
                .Select(id => open.GetValueOrDefault(id) ?? new ReportedClient(new ClientId(id), 0, 0, null, null)),
        ];
    }
}

using System.Globalization;
using KubeIdP.Data.Reports;
using KubeIdP.Server.Clients;

namespace KubeIdP.Server.Reports;

/// <summary>The live sessions of each client, including clients without any.</summary>
internal sealed class ClientReport(ReportStore store, ClientCatalog clients)
{
    public static readonly IReadOnlyList<string> Columns = ["client", "name", "sessions", "people", "oldestLogin", "lastUsedAt"];

    public async Task<IReadOnlyList<ClientReportRow>> ReadAsync(CancellationToken ct)
    {
        var open = (await store.ClientsAsync(ct)).ToDictionary(client => client.ClientId.Value, StringComparer.Ordinal);
        return
        [
            .. clients.All.Select(client => client.Id).Union(open.Keys).Order(StringComparer.Ordinal)
            .Select(id => open.TryGetValue(id, out var client)
                ? new ClientReportRow(id, clients.NameOf(id), client.Sessions, client.People, client.OldestLogin, client.LastUsedAt)
                : new ClientReportRow(id, clients.NameOf(id), 0, 0, null, null)),
        ];
    }
}

internal sealed record ClientReportRow(string Client, string Name, long Sessions, long People, DateTimeOffset? OldestLogin,
    DateTimeOffset? LastUsedAt)
{
    /// <summary>In the order of <see cref="ClientReport.Columns"/>.</summary>
    public IEnumerable<string?> Cells() =>
        [Client, Name, Sessions.ToString(CultureInfo.InvariantCulture), People.ToString(CultureInfo.InvariantCulture), Moment(OldestLogin),
            Moment(LastUsedAt)];

    private static string? Moment(DateTimeOffset? moment) => moment?.UtcDateTime.ToString("u", CultureInfo.InvariantCulture);
}

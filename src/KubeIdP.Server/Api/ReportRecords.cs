using KubeIdP.Cli.Api;
using KubeIdP.Data.Reports;
using KubeIdP.Server.Clients;

namespace KubeIdP.Server.Api;

/// <summary>Rows of reports as the API's records.</summary>
internal static class ReportRecords
{
    /// <param name="client">The client, as read from the database.</param>
    /// <param name="clients">For its name.</param>
    public static ApiReportedClient Of(ReportedClient client, ClientCatalog clients) => new(
        client.ClientId, clients.NameOf(client.ClientId), client.Sessions, client.People, client.OldestLogin, client.LastUsedAt);
}

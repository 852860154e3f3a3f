using KubeIdP.Server.Reports;

namespace KubeIdP.Server.Api;

/// <summary>What is open at a client.</summary>
/// <param name="Client">Its id.</param>
/// <param name="OldestLogin">Null where nothing is open.</param>
/// <param name="LastUsedAt">Null where nothing is open.</param>
internal sealed record ApiReportedClient(
    string Client, string Name, long Sessions, long People, DateTimeOffset? OldestLogin, DateTimeOffset? LastUsedAt)
{
    public static ApiReportedClient Of(ClientReportRow row) =>
        new(row.Client, row.Name, row.Sessions, row.People, row.OldestLogin, row.LastUsedAt);
}

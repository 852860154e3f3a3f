using KubeIdP.Server.Reports;

namespace KubeIdP.Server.Api;

/// <summary>The live sessions of a client.</summary>
/// <param name="Client">The id of the client.</param>
/// <param name="OldestLogin">Null when there is no live session.</param>
/// <param name="LastUsedAt">Null when there is no live session.</param>
internal sealed record ApiReportedClient(
    string Client, string Name, long Sessions, long People, DateTimeOffset? OldestLogin, DateTimeOffset? LastUsedAt)
{
    public static ApiReportedClient Of(ClientReportRow row) =>
        new(row.Client, row.Name, row.Sessions, row.People, row.OldestLogin, row.LastUsedAt);
}

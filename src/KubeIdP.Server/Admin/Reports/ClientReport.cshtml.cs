using KubeIdP.Cli.Api;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Api;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Reports;
using KubeIdP.Server.Sessions;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Admin.Reports;

/// <summary>How many people are signed in at each cluster and application.</summary>
internal sealed class ClientReportModel(SessionCookie cookie, AdminAccess access, ClientReport report, ClientCatalog clients,
    TimeProvider clock) : AdminPageModel(cookie, access)
{
    private const string Path = $"{Root}/reports/clients";

    [BindProperty(SupportsGet = true)]
    public ReportFormat? Format { get; set; }

    public IReadOnlyList<ApiReportedClient> Clients { get; private set; } = [];

    public DateTimeOffset Now => clock.GetUtcNow();

    public static string AddressOf(ReportFormat format) => Filters.AddressOf(Path, ("format", $"{format}"));

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        Clients = [.. (await report.ReadAsync(ct)).Select(client => ReportRecords.Of(client, clients))];
        return Format is { } format
            ? new ReportFile<ApiReportedClient>("kubeidp-clients", format, Clients.ToAsyncEnumerable(), ApiReportedClient.Columns,
                row => row.Cells()) : Page();
    }
}

using KubeIdP.Server.Administration;
using KubeIdP.Server.Reports;
using KubeIdP.Server.Sessions;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Admin.Reports;

/// <summary>How many people are signed in at each cluster and application.</summary>
internal sealed class ClientReportModel(SessionCookie cookie, AdminAccess access, ClientReport report, TimeProvider clock)
    : AdminPageModel(cookie, access)
{
    private const string Path = $"{Root}/reports/clients";

    [BindProperty(SupportsGet = true)]
    public ReportFormat? Format { get; set; }

    public IReadOnlyList<ClientReportRow> Clients { get; private set; } = [];

    public DateTimeOffset Now => clock.GetUtcNow();

    public static string AddressOf(ReportFormat format) => Filters.AddressOf(Path, ("format", $"{format}"));

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        Clients = await report.ReadAsync(ct);
        return Format is { } format
            ? new ReportFile<ClientReportRow>("kubeidp-clients", format, Clients.ToAsyncEnumerable(), ClientReport.Columns,
                row => row.Cells()) : Page();
    }
}

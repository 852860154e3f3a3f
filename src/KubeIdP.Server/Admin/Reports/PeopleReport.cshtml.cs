using KubeIdP.Cli.Api;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Reports;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Api;
using KubeIdP.Server.Reports;
using KubeIdP.Server.Sessions;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Admin.Reports;

/// <summary>The report of people with their groups, factors and last login.</summary>
internal sealed class PeopleReportModel(SessionCookie cookie, AdminAccess access, ReportStore store, PeopleReport report,
    TimeProvider clock) : AdminPageModel(cookie, access)
{
    private const string Path = $"{Root}/reports";

    private ListPage<ReportedPerson> found = new([], null);

    private const int MaxDormantDays = 36_500;

    /// <summary>Days without a login.</summary>
    public static readonly IReadOnlyList<int> DormantDays = [30, 90, 180, 365];

    [BindProperty(SupportsGet = true)]
    public string? Group { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Upstream { get; set; }

    [BindProperty(SupportsGet = true)]
    public int? Dormant { get; set; }

    [BindProperty(SupportsGet = true)]
    public bool Weak { get; set; }

    [BindProperty(SupportsGet = true)]
    public ReportFormat? Format { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    public IReadOnlyList<ReportedPerson> People => found.Rows;

    public DateTimeOffset Now => clock.GetUtcNow();

    public Pager Pager => new(
        Cursor is null ? null : Filters.AddressOf(Path, Query),
        found.Next is { } next ? Filters.AddressOf(Path, [.. Query, ("cursor", next)]) : null);

    public string AddressOf(ReportFormat format) => Filters.AddressOf(Path, [.. Query, ("format", $"{format}")]);

    private (string Name, string? Value)[] Query =>
        [("group", Group), ("upstream", Upstream), ("dormant", Dormant?.ToString(Web.Languages.Current)), ("weak", Weak ? "true" : null)];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (Dormant is < 1 or > MaxDormantDays) return Web.BoundTextCheck.RefuseValue(nameof(Dormant));

        var filter = new PeopleReportFilter
        {
            Group = Filters.Of(Group), Connector = Identifier.OrNull<ConnectorId>(Filters.Of(Upstream)),
            WithoutPhishingResistantFactor = Weak,
            DormantFor = Dormant is { } days ? TimeSpan.FromDays(days) : null,
        };
        if (Format is { } format)
            return new ReportFile<ApiReportedPerson>("kubeidp-people", format,
                report.ReadAsync(filter, client: null, ct).Select(PersonRecords.ReportedOf), ApiReportedPerson.Columns, row => row.Cells());

        found = await store.PeopleAsync(filter with { Cursor = Filters.Of(Cursor) }, ct);
        return Page();
    }
}

using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Sessions;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Admin.Audit;

/// <summary>What happened, the latest first.</summary>
internal sealed class AuditListModel(SessionCookie cookie, AdminAccess access, AuditSearch audit, LocalAccounts accounts) : AdminPageModel(cookie, access)
{
    private const string Path = $"{Root}/audit";

    private ListPage<ListedAuditEvent> found = new([], null);

    [BindProperty(SupportsGet = true)]
    public string? Type { get; set; }

    /// <summary>A user name or a subject.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Person { get; set; }

    [BindProperty(Name = "session", SupportsGet = true)]
    public string? SessionId { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Client { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Address { get; set; }

    /// <summary>In UTC, as a browser's field for it writes it.</summary>
    [BindProperty(SupportsGet = true)]
    public string? From { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Until { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Before { get; set; }

    /// <summary>Whether the field for the address holds none.</summary>
    public bool AddressWrong => Filters.IsWrongAddress(Address);

    public IReadOnlyList<ListedAuditEvent> Facts => found.Rows;

    public Pager Pager => new(
        Before is null ? null : Filters.AddressOf(Path, Query),
        found.Next is { } next ? Filters.AddressOf(Path, [.. Query, ("before", next)]) : null);

    private (string Name, string? Value)[] Query =>
        [("type", Type), ("person", Person), ("session", SessionId), ("client", Client), ("address", Address), ("from", From), ("until", Until)];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (IsNoMoment(From)) return Web.BoundTextCheck.RefuseValue(nameof(From));
        if (IsNoMoment(Until)) return Web.BoundTextCheck.RefuseValue(nameof(Until));
        if (AddressWrong) return Page();

        var filter = new AuditFilter(
            Filters.Of(Type), await SubjectOfAsync(Filters.Of(Person), ct), Filters.Of(SessionId), Filters.Of(Client), Filters.RangeOf(Address),
            MomentOf(From), MomentOf(Until), AuditCursor.Parse(Before));
        found = await audit.FindAsync(filter, ct);
        return Page();
    }

    /// <summary>What nobody is called is taken for a subject: those of the removed are still there, and so is the command line.</summary>
    private async Task<string?> SubjectOfAsync(string? typed, CancellationToken ct) => typed is null ? null : (await accounts.FindAsync(typed, ct))?.Id ?? typed;

    private static bool IsNoMoment(string? typed) => Filters.Of(typed) is { } text && MomentOf(text) is null;

    private static DateTimeOffset? MomentOf(string? typed) => Filters.Of(typed) is { } text ? Web.MomentText.Parse(text) : null;
}

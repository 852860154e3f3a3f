using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Naming;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Sessions;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Admin.Audit;

/// <summary>The list of audit events, the latest first.</summary>
internal sealed class AuditListModel(SessionCookie cookie, AdminAccess access, AuditSearch audit, LocalAccounts accounts)
    : AdminPageModel(cookie, access)
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

    /// <summary>In UTC, in the format of a browser's date and time field.</summary>
    [BindProperty(SupportsGet = true)]
    public string? From { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Until { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    /// <summary>Whether the text in the address field is not an address.</summary>
    public bool AddressWrong => Filters.IsWrongAddress(Address);

    public IReadOnlyList<ListedAuditEvent> AuditEvents => found.Rows;

    public Pager Pager => new(
        Cursor is null ? null : Filters.AddressOf(Path, Query),
        found.Next is { } next ? Filters.AddressOf(Path, [.. Query, ("cursor", next)]) : null);

    private (string Name, string? Value)[] Query =>
        [("type", Type), ("person", Person), ("session", SessionId), ("client", Client), ("address", Address), ("from", From),
            ("until", Until)];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (IsInvalidTime(From)) return Web.BoundTextCheck.RefuseValue(nameof(From));
        if (IsInvalidTime(Until)) return Web.BoundTextCheck.RefuseValue(nameof(Until));
        if (AddressWrong) return Page();

        var filter = new AuditFilter(
            Filters.Of(Type), await SubjectOfAsync(Filters.Of(Person), ct), Identifier.OrNull<SessionId>(Filters.Of(SessionId)),
            Identifier.OrNull<ClientId>(Filters.Of(Client)), Filters.RangeOf(Address), TimeOf(From), TimeOf(Until),
            AuditCursor.Parse(Cursor));
        found = await audit.FindAsync(filter, ct);
        return Page();
    }

    /// <summary>
    /// A text that is not a user name is used as a subject: audit events of removed people and of the command line are found by it.
    /// </summary>
    private async Task<PersonId?> SubjectOfAsync(string? typed, CancellationToken ct) =>
        typed is null ? null : new PersonId((await accounts.FindAsync(typed, ct))?.Id ?? typed);

    private static bool IsInvalidTime(string? typed) => Filters.Of(typed) is { } text && TimeOf(text) is null;

    private static DateTimeOffset? TimeOf(string? typed) => Filters.Of(typed) is { } text ? TimestampText.Parse(text) : null;
}

using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Tokens;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Admin.Sessions;

/// <summary>One session with its grants, its audit events, and the form that ends it.</summary>
internal sealed class ShowSessionModel(
    SessionCookie cookie, AdminAccess access, SessionSearch search, SessionAdministration administration, ReachedClients reached,
    AuditSearch audit, ClientCatalog clients,
    SessionOptions options, TokenOptions tokens) : AdminPageModel(cookie, access)
{
    [BindProperty(SupportsGet = true)]
    public string Id { get; set; } = "";

    [BindProperty]
    public string? Reason { get; set; }

    /// <summary>Whether the people whose sessions end see the reason.</summary>
    [BindProperty]
    public bool Tell { get; set; }

    public ShownSession Shown { get; private set; } = null!;

    public IReadOnlyList<ListedAuditEvent> AuditEvents { get; private set; } = [];

    /// <summary>How soon the end takes effect at each client that the session reached.</summary>
    public IReadOnlyList<EndingBound> Bounds { get; private set; } = [];

    /// <summary>Whether the session has expired by the idle timeout, but the row does not show it yet.</summary>
    public bool IsIdle => options.IsIdle(Shown.LastUsedAt, Shown.Now);

    public bool IsLive => Shown.IsLive && !IsIdle;

    public bool ReasonMissing { get; private set; }

    public string NameOf(ClientId clientId) => clients.NameOf(clientId);

    public Task<IActionResult> OnGetAsync(CancellationToken ct) => ShowAsync(ct);

    public async Task<IActionResult> OnPostEndAsync(CancellationToken ct)
    {
        if (ReasonField.Of(Reason) is not { } reason) return await AskForReasonAsync(ct);

        // It had already ended: the page shows when and by whom.
        return await administration.EndAsync(new SessionId(Id), By(reason, Tell), ct) is SessionEndOutcome.NotFound
            ? NotFoundPage
            : new SeeOther($"~{Root}/sessions/{Id}");
    }

    /// <param name="grant">A grant of this session.</param>
    /// <param name="ct">Nothing has ended when it is cancelled in time.</param>
    public async Task<IActionResult> OnPostEndGrantAsync(string? grant, CancellationToken ct)
    {
        if (ReasonField.Of(Reason) is not { } reason) return await AskForReasonAsync(ct);

        return await administration.EndGrantAsync(new SessionId(Id), Identifier.OrNull<GrantId>(grant), By(reason), ct)
            is SessionEndOutcome.NotFound
            ? NotFoundPage
            : new SeeOther($"~{Root}/sessions/{Id}");
    }

    private Task<IActionResult> AskForReasonAsync(CancellationToken ct)
    {
        ReasonMissing = true;
        return ShowAsync(ct);
    }

    private async Task<IActionResult> ShowAsync(CancellationToken ct)
    {
        if (await search.ReadAsync(new SessionId(Id), ct) is not { } session) return NotFoundPage;

        Shown = session;

        // Clients are not notified of sessions that expired (decisions/0012).
        var isTold = IsLive || session.EndedAt is not null;
        Bounds = EndingBound.Of((await reached.OfAsync(new SessionId(Id), ct))
            .Select(client => client with { IsNotified = client.IsNotified && isTold }), clients, tokens);
        AuditEvents = (await audit.FindAsync(new AuditFilter(SessionId: new SessionId(Id)), ct)).Rows;
        return Page();
    }
}

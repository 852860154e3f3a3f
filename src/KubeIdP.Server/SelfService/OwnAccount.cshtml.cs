using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Factors;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Factors;
using KubeIdP.Server.Logout;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.SelfService;

/// <summary>The page with the sessions and factors of the signed-in person.</summary>
internal sealed class OwnAccountModel(
    SessionCookie cookie, OwnSessionStore sessions, OwnFactorStore factors, FactorKinds kinds, ClientCatalog clients,
    SessionOptions options, LogoutEndpoint logout, LocalAccounts accounts,
    ILogger<OwnAccountModel> logger)
    : OwnPageModel(cookie)
{
    private OwnFactors own = new([], null);

    public IReadOnlyList<ShownSession> Sessions { get; private set; } = [];

    /// <summary>The kinds of factors that people set up.</summary>
    public IEnumerable<IFactorEnrolment> Kinds => kinds.Enrolments;

    /// <summary>Null when none were ever created.</summary>
    public int? RecoveryCodesLeft => own.RecoveryCodesLeft;

    public bool HasPassword { get; private set; }

    public bool IsCurrent(ShownSession session) => session.Id == Session.Id;

    public IEnumerable<OwnFactor> FactorsOf(IFactorEnrolment kind) => own.Factors.Where(factor => factor.Kind == kind.Kind.Name);

    /// <summary>A client that is no longer configured is shown by its id.</summary>
    public string NameOf(SessionClient client) => clients.NameOf(client.ClientId);

    public async Task OnGetAsync(CancellationToken ct)
    {
        var live = await sessions.ListAsync(Session.PersonId, ct);
        Sessions = [.. live.Where(session => !options.IsIdle(session.LastUsedAt, session.Now)).OrderByDescending(IsCurrent)];
        own = await factors.ReadAsync(Session.PersonId, ct);
        HasPassword = await accounts.HasPasswordAsync(Session.PersonId, ct);
    }

    public async Task<IActionResult> OnPostEndAsync(string? id, CancellationToken ct)
    {
        if (id == Session.Id)
        {
            await logout.EndAsync(HttpContext, Session, $"{GrantEnd.SignedOut} on the account page", clientId: null, ct);
            return new SeeOther("~/signed-out");
        }

        if (id is null || !await sessions.EndAsync(Session.PersonId, new SessionId(id), By, GrantEnd.EndedByPerson, ct))
            return NotFoundPage;

        logger.SessionEndedByOwner(Session.PersonId, id);
        return new SeeOther("~/account");
    }

    public async Task<IActionResult> OnPostEndOthersAsync(CancellationToken ct)
    {
        foreach (var id in await sessions.EndOthersAsync(Session.PersonId, Session.Id, By, GrantEnd.EndedByPerson, ct))
            logger.SessionEndedByOwner(Session.PersonId, id);
        return new SeeOther("~/account");
    }
}

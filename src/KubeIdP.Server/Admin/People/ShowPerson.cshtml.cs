using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Factors;
using KubeIdP.Data.People;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Factors;
using KubeIdP.Server.Sessions;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Admin.People;

/// <summary>One person: account, factors, sessions, what has happened, and what can be done.</summary>
internal sealed class ShowPersonModel(
    SessionCookie cookie, AdminAccess access, PeopleSearch people, SessionSearch sessions, AuditSearch audit, FactorStore factors, FactorSecrets secrets, ClientCatalog clients, SessionOptions options)
    : AdminPageModel(cookie, access)
{
    private const int FactsShown = 10;

    [BindProperty(SupportsGet = true)]
    public string Id { get; set; } = "";

    public ShownPerson Person { get; private set; } = null!;

    public IReadOnlyList<ShownSession> Sessions { get; private set; } = [];

    /// <summary>The latest few.</summary>
    public IReadOnlyList<ListedAuditEvent> Facts { get; private set; } = [];

    /// <summary>Too many wrong codes: only a reset helps.</summary>
    public bool FactorBarred => FactorThrottle.IsBarred(Person.FactorFailures);

    /// <summary>Whether what is kept of an authenticator can't be opened: only a reset helps.</summary>
    public bool FactorUnreadable { get; private set; }

    public ClientCatalog Clients => clients;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await people.ReadAsync(new PersonId(Id), ct) is not { } person) return NotFoundPage;

        Person = person;
        FactorUnreadable = (await factors.ReadAsync(new PersonId(Id), ct))?.Factors.Any(factor => !secrets.Opens(factor, new PersonId(Id))) is true;
        Sessions = (await sessions.FindAsync(new SessionFilter { PersonId = Identifier.OrNull<PersonId>(Id), IdleTimeout = options.IdleTimeout }, ct)).Rows;
        Facts = [.. (await audit.FindAsync(new AuditFilter(PersonId: Id), ct)).Rows.Take(FactsShown)];
        return Page();
    }
}

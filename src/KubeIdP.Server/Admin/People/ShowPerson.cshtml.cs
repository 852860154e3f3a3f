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

/// <summary>One person: account, factors, sessions, audit events, and acts.</summary>
internal sealed class ShowPersonModel(
    SessionCookie cookie, AdminAccess access, PeopleSearch people, SessionSearch sessions, AuditSearch audit, FactorStore factors,
    FactorSecrets secrets, ClientCatalog clients, SessionOptions options)
    : AdminPageModel(cookie, access)
{
    private const int AuditEventsShown = 10;

    [BindProperty(SupportsGet = true)]
    public string Id { get; set; } = "";

    public ShownPerson Person { get; private set; } = null!;

    public IReadOnlyList<ShownSession> Sessions { get; private set; } = [];

    /// <summary>The latest audit events.</summary>
    public IReadOnlyList<ListedAuditEvent> AuditEvents { get; private set; } = [];

    /// <summary>Whether the person is blocked after too many wrong codes; only a reset unblocks them.</summary>
    public bool FactorBarred => FactorThrottle.IsBarred(Person.FactorFailures);

    /// <summary>Whether the stored secret of a factor can't be opened; only a reset helps.</summary>
    public bool FactorUnreadable { get; private set; }

    public ClientCatalog Clients => clients;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await people.ReadAsync(new PersonId(Id), ct) is not { } person) return NotFoundPage;

        Person = person;
        FactorUnreadable = (await factors.ReadAsync(new PersonId(Id), ct))?.Factors.Any(factor => !secrets.Opens(factor, new PersonId(Id)))
            is true;
        Sessions = (
            await sessions.FindAsync(new SessionFilter { PersonId = Identifier.OrNull<PersonId>(Id), IdleTimeout = options.IdleTimeout },
                ct)).Rows;
        AuditEvents = [.. (await audit.FindAsync(new AuditFilter(PersonId: new PersonId(Id)), ct)).Rows.Take(AuditEventsShown)];
        return Page();
    }
}

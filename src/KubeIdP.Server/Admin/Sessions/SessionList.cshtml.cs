using KubeIdP.Data.Sessions;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Issuer;
using KubeIdP.Server.Sessions;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Admin.Sessions;

/// <summary>Who is signed in, from where, to which clusters.</summary>
internal sealed class SessionListModel(SessionCookie cookie, AdminAccess access, SessionSearch sessions, ClientCatalog clients, Settings settings)
    : AdminPageModel(cookie, access)
{
    private const string Path = $"{Root}/sessions";

    private ListPage<ListedSession> found = new([], null);

    [BindProperty(SupportsGet = true)]
    public string? Person { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Group { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Client { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Address { get; set; }

    [BindProperty(SupportsGet = true)]
    public SessionAge? Age { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Factor { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Before { get; set; }

    public SessionEntries Entries => new(found.Rows, clients, WithPerson: true);

    public IEnumerable<Client> Clients => clients.All.OrderBy(client => client.Name, StringComparer.OrdinalIgnoreCase);

    public bool IsFiltered => Query.Any(filter => Filters.Of(filter.Value) is not null);

    public Pager Pager => new(
        Before is null ? null : Filters.AddressOf(Path, Query),
        found.Next is { } next ? Filters.AddressOf(Path, [.. Query, ("before", next)]) : null);

    private (string Name, string? Value)[] Query =>
        [("person", Person), ("group", Group), ("client", Client), ("address", Address), ("age", Age?.ToString()), ("factor", Factor)];

    public async Task OnGetAsync(CancellationToken ct)
    {
        var (younger, older) = SessionAges.BoundsOf(Age);
        found = await sessions.FindAsync(
            new SessionFilter
            {
                Person = Filters.Of(Person), Group = Filters.Of(Group), ClientId = Filters.Of(Client), Address = Filters.Of(Address), Method = Filters.Of(Factor),
                Younger = younger, Older = older, IdleTimeout = settings.Sessions.IdleTimeout, Before = SessionCursor.Parse(Before),
            }, ct);
    }
}

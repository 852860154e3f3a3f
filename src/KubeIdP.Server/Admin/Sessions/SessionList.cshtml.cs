using KubeIdP.Data.Sessions;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Sessions;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Admin.Sessions;

/// <summary>The list of live sessions, with people, addresses and clusters.</summary>
internal sealed class SessionListModel(SessionCookie cookie, AdminAccess access, SessionSearch sessions, ClientCatalog clients,
    SessionOptions options, TimeProvider clock)
    : SessionFilterModel(cookie, access, clock)
{
    private ListPage<ShownSession> found = new([], null);

    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    /// <summary>How many sessions the form for many has just ended; only shown, not used otherwise.</summary>
    [BindProperty(SupportsGet = true)]
    public long? Ended { get; set; }

    /// <summary>The address of the form that ends all listed sessions, on all pages.</summary>
    public string EndAllAddress => Filters.AddressOf($"{ListPath}/end", Query);

    public SessionEntries Entries => new(found.Rows, clients, WithPerson: true);

    public IEnumerable<Client> Clients => clients.All.OrderBy(client => client.Name, StringComparer.OrdinalIgnoreCase);

    public Pager Pager => new(
        Cursor is null ? null : Filters.AddressOf(ListPath, Query),
        found.Next is { } next ? Filters.AddressOf(ListPath, [.. Query, ("cursor", next)]) : null);

    public async Task OnGetAsync(CancellationToken ct)
    {
        if (Filter is { } filter)
            found = await sessions.FindAsync(filter with { IdleTimeout = options.IdleTimeout, Cursor = SessionCursor.Parse(Cursor) }, ct);
    }
}

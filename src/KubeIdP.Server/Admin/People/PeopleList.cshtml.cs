using KubeIdP.Core.Identifiers;
using KubeIdP.Core.People;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.People;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Sessions;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Admin.People;

/// <summary>The list of people who have signed in or were added.</summary>
internal sealed class PeopleListModel(SessionCookie cookie, AdminAccess access, PeopleSearch people) : AdminPageModel(cookie, access)
{
    private const string Path = $"{Root}/people";

    private ListPage<ListedPerson> found = new([], null);

    [BindProperty(SupportsGet = true)]
    public string? Search { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Group { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Upstream { get; set; }

    [BindProperty(SupportsGet = true)]
    public PersonStatus? Status { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    public IReadOnlyList<ListedPerson> People => found.Rows;

    public bool IsFiltered =>
        Filters.Of(Search) is not null || Filters.Of(Group) is not null || Filters.Of(Upstream) is not null || Status is not null;

    public Pager Pager => new(
        Cursor is null ? null : Filters.AddressOf(Path, Query),
        found.Next is { } next ? Filters.AddressOf(Path, [.. Query, ("cursor", next)]) : null);

    private (string Name, string? Value)[] Query =>
        [("search", Search), ("status", Status?.ToString()), ("group", Group), ("upstream", Upstream)];

    public async Task OnGetAsync(CancellationToken ct) =>
        found = await people.FindAsync(
            new PeopleFilter(Filters.Of(Search), Status, Filters.Of(Group), Identifier.OrNull<ConnectorId>(Filters.Of(Upstream)),
                Filters.Of(Cursor)), ct);
}

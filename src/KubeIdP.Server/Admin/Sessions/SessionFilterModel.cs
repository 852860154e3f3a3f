using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Sessions;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Sessions;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Admin.Sessions;

/// <summary>A page about the live sessions that match the filter in its address.</summary>
internal abstract class SessionFilterModel(SessionCookie cookie, AdminAccess access, TimeProvider clock) : AdminPageModel(cookie, access)
{
    protected const string ListPath = $"{Root}/sessions";

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
    public SessionKind? Kind { get; set; }

    /// <summary>Whether the text in the address field is not an address. Then the filter matches nothing, not everything.</summary>
    public bool AddressWrong => Filters.IsWrongAddress(Address);

    public bool IsFiltered => Query.Any(filter => Filters.Of(filter.Value) is not null);

    protected (string Name, string? Value)[] Query =>
    [
        ("person", Person), ("group", Group), ("client", Client), ("address", Address), ("age", Age?.ToString()), ("factor", Factor),
        ("kind", Kind?.ToString()),
    ];

    /// <summary>Null when the filter matches nothing.</summary>
    protected SessionFilter? Filter
    {
        get
        {
            if (AddressWrong) return null;

            var (since, until) = SessionAges.BoundsOf(Age, clock.GetUtcNow());
            return new SessionFilter
            {
                Person = Filters.Of(Person), Group = Filters.Of(Group), ClientId = Identifier.OrNull<ClientId>(Filters.Of(Client)),
                    Address = Filters.RangeOf(Address), Method = Filters.Of(Factor),
                Kind = Kind, Since = since, Until = until,
            };
        }
    }
}

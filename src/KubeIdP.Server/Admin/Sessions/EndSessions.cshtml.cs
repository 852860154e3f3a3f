using System.Globalization;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Tokens;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Admin.Sessions;

/// <summary>
/// Ends all live sessions that match a filter. Their number must be typed to confirm, so that nobody ends more than they have seen.
/// </summary>
internal sealed class EndSessionsModel(SessionCookie cookie, AdminAccess access, SessionAdministration administration,
    ReachedClients reached, ClientCatalog clients, TokenOptions tokens, TimeProvider clock)
    : SessionFilterModel(cookie, access, clock)
{
    [BindProperty]
    public string? Reason { get; set; }

    /// <summary>Whether the people whose sessions end see the reason.</summary>
    [BindProperty]
    public bool Tell { get; set; }

    /// <summary>The number of sessions, as typed by the administrator.</summary>
    [BindProperty]
    public string? Number { get; set; }

    public BulkSize Size { get; private set; }

    public bool ReasonMissing { get; private set; }

    public bool NumberWrong { get; private set; }

    /// <summary>A description of the filter.</summary>
    public IReadOnlyList<(string Name, string? Value)> Chosen =>
    [
        (Texts.Person, Filters.Of(Person)),
        (Texts.Group, Filters.Of(Group)),
        (Texts.Cluster, Filters.Of(Client) is { } client ? clients.NameOf(client) : null),
        (Texts.Address, Filter?.Address?.ToString() ?? Filters.Of(Address)),
        (Texts.SignedIn, Age is { } age ? SessionAges.WordsOf(age) : null),
        (Texts.Factor, Filters.Of(Factor) is { } factor ? SessionFactor.WordsOf(factor) : null),
    ];

    /// <summary>How soon the end takes effect at each client that the sessions reached.</summary>
    public IReadOnlyList<EndingBound> Bounds { get; private set; } = [];

    /// <summary>The address of the form: this page, with the same filter.</summary>
    public string Here => Filters.AddressOf($"{ListPath}/end", Query);

    public string BackAddress => Filters.AddressOf(ListPath, Query);

    protected override bool ChangesOnly => true;

    public Task OnGetAsync(CancellationToken ct) => LookAsync(ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await LookAsync(ct);
        if (Filter is not { } filter) return Page();

        var reason = ReasonField.Of(Reason);
        ReasonMissing = reason is null;
        NumberWrong = TypedCode.Normalize(Number) != Size.Sessions.ToString(CultureInfo.InvariantCulture);
        if (reason is null || NumberWrong) return Page();

        // It is completed even if the administrator closes the page.
        var ended = await administration.EndAllAsync(filter, By(reason, Tell), progress: null, CancellationToken.None);
        return new SeeOther(Filters.AddressOf(ListPath, [.. Query, ("ended", ended.ToString(CultureInfo.InvariantCulture))]));
    }

    private async Task LookAsync(CancellationToken ct)
    {
        if (Filter is not { } filter) return;

        Size = await administration.MeasureAsync(filter, ct);
        Bounds = EndingBound.Of(await reached.OfAsync(filter, ct), clients, tokens);
    }
}

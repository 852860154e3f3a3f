using System.Text;
using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Enrolment;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Upstreams;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Admin.People;

/// <summary>Enrolment codes for one person or a list, for the roll-out of the second factor. They stand in this one answer and nowhere else.</summary>
internal sealed class EnrolPeopleModel(SessionCookie cookie, AdminAccess access, EnrolmentRollOut rollOut, ConnectorCatalog connectors, ILogger<EnrolPeopleModel> logger)
    : AdminPageModel(cookie, access)
{
    /// <summary>One on each line.</summary>
    [BindProperty]
    [Text(TextKind.Lines)]
    public string? Names { get; set; }

    /// <summary>Where the accounts are; empty: where the name's domain says, or else the only place that knows it.</summary>
    [BindProperty]
    public string? Directory { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    public bool ReasonMissing { get; private set; }

    public bool IsTooMany { get; private set; }

    public IReadOnlyList<ConnectorId> Directories => connectors.Choices;

    public IReadOnlyList<EnrolmentCodeItem> Offered { get; private set; } = [];

    /// <summary>To whom codes are on their way, which nobody else sees.</summary>
    public IReadOnlyList<MailedCodeItem> Mailed { get; private set; } = [];

    /// <summary>Why codes in <see cref="Offered"/> are there although they were to be mailed.</summary>
    public IReadOnlyList<string> MailTroubles => [.. Offered.Select(one => one.NotMailed).OfType<string>().Distinct()];

    public bool CanMail => rollOut.CanMail;

    /// <summary>Why the others got none, a sentence each.</summary>
    public IReadOnlyList<string> Refused { get; private set; } = [];

    public bool IsDone => Offered.Count > 0 || Mailed.Count > 0 || Refused.Count > 0;

    protected override bool ChangesOnly => true;

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await MakeAsync(mailed: false, ct);
        return Page();
    }

    /// <summary>As a file in place of a page; a page when there is nothing to put into it.</summary>
    public async Task<IActionResult> OnPostCsvAsync(CancellationToken ct)
    {
        await MakeAsync(mailed: false, ct);
        return Offered.Count > 0 ? File(Encoding.UTF8.GetBytes(EnrolmentCsv.Of(Offered)), "text/csv; charset=utf-8", "enrolment-codes.csv") : Page();
    }

    public async Task<IActionResult> OnPostMailAsync(CancellationToken ct)
    {
        if (!CanMail) return NotFoundPage;

        await MakeAsync(mailed: true, ct);
        return Page();
    }

    private async Task MakeAsync(bool mailed, CancellationToken ct)
    {
        var names = GroupLines.Of(Names);
        var reason = ReasonField.Of(Reason);
        ReasonMissing = reason is null;
        IsTooMany = names.Count > EnrolmentRollOut.MaxNames;
        if (ReasonMissing || IsTooMany || names.Count == 0) return;

        var directory = connectors.Choice(Directory);
        var codes = await rollOut.OfferAsync(names, directory, mailed, By(reason), ct);
        logger.EnrolmentCodesMade(Session.PersonId, codes.Codes.Count + codes.Mailed.Count);
        (Offered, Mailed, Refused) = (codes.Codes, codes.Mailed, codes.Refused);
    }
}

using System.Text;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Directories;
using KubeIdP.Server.Sessions;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Admin.People;

/// <summary>Enrolment codes for one person or a list, for the roll-out of the second factor. They stand in this one answer and nowhere else.</summary>
internal sealed class EnrolPeopleModel(SessionCookie cookie, AdminAccess access, EnrolmentOffers offers, EnrolmentMail mail, ConnectorCatalog connectors, ILogger<EnrolPeopleModel> logger)
    : AdminPageModel(cookie, access)
{
    /// <summary>At once: each is looked up in its directory, and the browser waits.</summary>
    public const int MaxNames = 200;

    /// <summary>One on each line.</summary>
    [BindProperty]
    public string? Names { get; set; }

    /// <summary>Where the accounts are; empty: where the name's domain says, or else the only place that knows it.</summary>
    [BindProperty]
    public string? Directory { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    public bool ReasonMissing { get; private set; }

    public bool IsTooMany { get; private set; }

    public IReadOnlyList<ConnectorId> Directories => connectors.Choices;

    public IReadOnlyList<EnrolmentOffer.HandedOut> Offered { get; private set; } = [];

    /// <summary>To whom codes are on their way, which nobody else sees.</summary>
    public IReadOnlyList<EnrolmentOffer.HandedOut> Mailed { get; private set; } = [];

    /// <summary>Why codes in <see cref="Offered"/> are there although they were to be mailed.</summary>
    public IReadOnlyList<string> MailTroubles { get; private set; } = [];

    public bool CanMail => mail.IsConfigured;

    /// <summary>Why the others got none, a sentence each.</summary>
    public IReadOnlyList<string> Refused { get; private set; } = [];

    public bool IsDone => Offered.Count > 0 || Mailed.Count > 0 || Refused.Count > 0;

    protected override bool ChangesOnly => true;

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await MakeAsync(ct);
        return Page();
    }

    /// <summary>As a file in place of a page; a page when there is nothing to put into it.</summary>
    public async Task<IActionResult> OnPostCsvAsync(CancellationToken ct)
    {
        await MakeAsync(ct);

        // Pages have it from SecurityHeaders; what a browser keeps of this file is for whoever asked for it, in a place of their choice.
        Response.Headers.CacheControl = "no-store";
        return Offered.Count > 0 ? File(Encoding.UTF8.GetBytes(EnrolmentCsv.Of(Offered)), "text/csv; charset=utf-8", "enrolment-codes.csv") : Page();
    }

    public async Task<IActionResult> OnPostMailAsync(CancellationToken ct)
    {
        if (!CanMail) return NotFoundPage;

        await MakeAsync(ct);
        var answers = await mail.SendAsync(Offered, By(ReasonField.Of(Reason)), ct);
        var stranded = answers.Where(answer => answer.Trouble is not null).ToList();
        (Mailed, Offered) = ([.. answers.Where(answer => answer.Trouble is null).Select(answer => answer.Code)], [.. stranded.Select(answer => answer.Code)]);
        MailTroubles = [.. stranded.Select(answer => answer.Trouble!).Distinct()];
        return Page();
    }

    private async Task MakeAsync(CancellationToken ct)
    {
        var names = GroupLines.Of(Names);
        ReasonMissing = ReasonField.Of(Reason) is null;
        IsTooMany = names.Count > MaxNames;
        if (!ReasonMissing && !IsTooMany && names.Count > 0) await OfferAsync(names, ct);
    }

    private async Task OfferAsync(IReadOnlyList<string> names, CancellationToken ct)
    {
        var directory = connectors.Choices.Where(choice => choice.Value == Directory).Select(choice => (ConnectorId?)choice).FirstOrDefault();
        var (offered, refused) = (new List<EnrolmentOffer.HandedOut>(), new List<string>());
        foreach (var name in names)
        {
            switch (await offers.OfferAsync(name, directory, By(ReasonField.Of(Reason)), ct))
            {
                case EnrolmentOffer.HandedOut made:
                    offered.Add(made);
                    break;
                case EnrolmentOffer.Refused(var why):
                    refused.Add(why);
                    break;
            }
        }

        logger.EnrolmentCodesMade(Session.PersonId, offered.Count);
        (Offered, Refused) = (offered, refused);
    }
}

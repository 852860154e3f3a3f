using System.Text;
using KubeIdP.Cli.Api;
using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Api;
using KubeIdP.Server.Enrolment;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Upstreams;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Admin.People;

/// <summary>
/// Creates enrolment codes for one person or many, for the roll-out of the second factor. They are shown only in this response.
/// </summary>
internal sealed class EnrolPeopleModel(SessionCookie cookie, AdminAccess access, PersonAdministration administration,
    ConnectorCatalog connectors)
    : AdminPageModel(cookie, access)
{
    /// <summary>One on each line.</summary>
    [BindProperty]
    [Text(TextKind.Lines)]
    public string? Names { get; set; }

    /// <summary>
    /// The upstream of the accounts; empty: that of the domain in the name, or else the only upstream that has the name.
    /// </summary>
    [BindProperty]
    public string? Upstream { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    public bool ReasonMissing { get; private set; }

    public bool IsTooMany { get; private set; }

    public IReadOnlyList<ConnectorId> Upstreams => connectors.Choices;

    public IReadOnlyList<ApiEnrolmentCode> Offered { get; private set; } = [];

    /// <summary>The people to whom codes were mailed; these codes are not shown.</summary>
    public IReadOnlyList<ApiMailedCode> Mailed { get; private set; } = [];

    /// <summary>Why codes in <see cref="Offered"/> could not be mailed.</summary>
    public IReadOnlyList<string> MailFaults => [.. Offered.Select(one => one.NotMailed).OfType<string>().Distinct()];

    public bool CanMail => administration.CanMailEnrolmentCodes;

    /// <summary>Why no code was created for the others, a sentence each.</summary>
    public IReadOnlyList<string> Refused { get; private set; } = [];

    public bool IsDone => Offered.Count > 0 || Mailed.Count > 0 || Refused.Count > 0;

    protected override bool ChangesOnly => true;

    public Task<IActionResult> OnPostAsync(CancellationToken ct) => CreateAsync(mailed: false, ct);

    /// <summary>Responds with a CSV file instead of a page; with a page when there are no codes.</summary>
    public async Task<IActionResult> OnPostCsvAsync(CancellationToken ct)
    {
        var page = await CreateAsync(mailed: false, ct);
        return Offered.Count > 0
            ? File(Encoding.UTF8.GetBytes(EnrolmentCsv.Of(Offered)), "text/csv; charset=utf-8", "enrolment-codes.csv")
            : page;
    }

    public Task<IActionResult> OnPostMailAsync(CancellationToken ct) => CreateAsync(mailed: true, ct);

    private async Task<IActionResult> CreateAsync(bool mailed, CancellationToken ct)
    {
        var names = GroupLines.Of(Names);
        var reason = ReasonField.Of(Reason);
        ReasonMissing = reason is null;
        IsTooMany = names.Count > EnrolmentRollOut.MaxNames;
        if (ReasonMissing || IsTooMany || names.Count == 0) return Page();

        // The page offers neither email messages without a mail server nor an upstream that there is not.
        if (await administration.EnrolAsync(names, Upstream, mailed, By(reason), ct) is not EnrolmentAnswer.Done(var codes))
            return NotFoundPage;

        var shown = EnrolmentRecords.Of(codes);
        (Offered, Mailed, Refused) = (shown.Codes, shown.Mailed, shown.Refused);
        return Page();
    }
}

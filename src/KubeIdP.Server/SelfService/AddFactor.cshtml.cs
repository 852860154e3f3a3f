using KubeIdP.Core.Naming;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Factors;
using KubeIdP.Server.Factors;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace KubeIdP.Server.SelfService;

/// <summary>Adds another factor of any kind, for a person who has verified one recently.</summary>
internal sealed class AddFactorModel(
    SessionCookie cookie, OwnFactorStore factors, FactorOffers offers, FactorKinds kinds, ILogger<AddFactorModel> logger)
    : FactorChangeModel(cookie)
{
    private IFactorEnrolment? kind;
    private FactorOffer? offer;

    [BindProperty]
    public string? Name { get; set; }

    /// <summary>The first answer of the new factor.</summary>
    [BindProperty]
    [Text(TextKind.Opaque)]
    public string? Answer { get; set; }

    /// <summary>The offer of this form, protected.</summary>
    [BindProperty(Name = "Offer")]
    [Text(TextKind.Opaque)]
    public string? ProtectedOffer { get; set; }

    public bool Refused { get; private set; }

    /// <summary>The name of the kind.</summary>
    public string Kind => kind!.Kind.Name;

    public FactorTexts Words => kind!.Words;

    public FactorForm Form => kind!.FormOf(offer!.Pending, Session.Username);

    /// <param name="kind">The name of a kind; the default is the kind of first factors.</param>
    public IActionResult OnGet(string? kind)
    {
        if ((kind is null ? kinds.First : kinds.FindEnrolment(kind)) is not { } chosen) return NotFoundPage;

        return Show(chosen, offers.Make(kinds.NewId(), chosen.Kind.Name, chosen.Begin(), Session));
    }

    /// <param name="kind">The kind that the form was for; an offer that has expired begins again with it.</param>
    public async Task<IActionResult> OnPostAsync(string? kind, CancellationToken ct)
    {
        if (offers.Open(ProtectedOffer, Session) is not { } shown || kinds.FindEnrolment(shown.Kind) is not { } chosen)
            return new SeeOther($"~/account/add-authenticator?kind={(kinds.FindEnrolment(kind) ?? kinds.First).Kind.Name}");

        // Not counted as an attempt: the page shows the secret of the factor, so there is nothing to guess.
        if (NameOf(Name) is not { } name || chosen.Confirm(shown.Pending, Answer, shown.FactorId, Session.PersonId, name) is not { } factor)
            return Refuse(chosen, shown);

        var audit = Audit(AuditEventType.FactorEnrolled, $"{chosen.Kind}, in addition");
        if (!await factors.AddAsync(Owner, factor, audit, ct)) return NotAdded;

        logger.FactorAdded(Session.PersonId, factor.Id);
        return new SeeOther("~/account");
    }

    private static MessagePage NotAdded => new(
        StatusCodes.Status409Conflict, Texts.NotAddedTitle, Texts.NotAddedWhat.With(OwnFactorStore.MaxFactors), Texts.NotAddedNext);

    private PageResult Refuse(IFactorEnrolment chosen, FactorOffer shown)
    {
        ModelState.Clear();
        Answer = null;
        Refused = true;
        return Show(chosen, shown);
    }

    private PageResult Show(IFactorEnrolment chosen, FactorOffer made)
    {
        (kind, offer) = (chosen, made);
        ProtectedOffer = offers.Protect(made);
        return Page();
    }
}

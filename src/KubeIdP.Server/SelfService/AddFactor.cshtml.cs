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
    SessionCookie cookie, FactorStore store, OwnFactorStore factors, FactorOffers offers, FactorKinds kinds, ILogger<AddFactorModel> logger)
    : FactorChangeModel(cookie)
{
    private IFactorEnrolment? kind;
    private FactorOffer? offer;
    private EnrollingPerson? person;

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

    public FactorForm Form => kind!.FormOf(offer!.Pending, person!);

    /// <param name="kind">The name of a kind; the default is the kind of first factors.</param>
    public async Task<IActionResult> OnGetAsync(string? kind, CancellationToken ct)
    {
        if ((kind is null ? kinds.First : kinds.FindEnrolment(kind)) is not { } chosen) return NotFoundPage;
        if (await FindPersonAsync(chosen, ct) is not { } owner) return NotFoundPage;

        return Show(chosen, owner, offers.Make(kinds.NewId(), chosen.Kind.Name, await chosen.BeginAsync(owner, ct), Session));
    }

    /// <param name="kind">The kind that the form was for; an offer that has expired begins again with it.</param>
    public async Task<IActionResult> OnPostAsync(string? kind, CancellationToken ct)
    {
        if (offers.Open(ProtectedOffer, Session) is not { } shown || kinds.FindEnrolment(shown.Kind) is not { } chosen)
            return new SeeOther($"~/account/add-authenticator?kind={(kinds.FindEnrolment(kind) ?? kinds.First).Kind.Name}");

        if (await FindPersonAsync(chosen, ct) is not { } owner) return NotFoundPage;

        // Not counted as an attempt: the person holds the new factor, so there is nothing to guess.
        if (NameOf(Name) is not { } name
            || await chosen.ConfirmAsync(shown.Pending, owner, Answer, shown.FactorId, name, ct) is not { } factor)
            return Refuse(chosen, owner, shown);

        var audit = Audit(AuditEventType.FactorEnrolled, $"{chosen.Kind}, in addition");
        if (!await factors.AddAsync(Owner, factor, audit, ct)) return NotAdded;

        logger.FactorAdded(Session.PersonId, factor.Id);
        return new SeeOther("~/account");
    }

    private static MessagePage NotAdded => new(
        StatusCodes.Status409Conflict, Texts.NotAddedTitle, Texts.NotAddedWhat.With(OwnFactorStore.MaxFactors), Texts.NotAddedNext);

    /// <summary>Null when the person has been erased meanwhile.</summary>
    private async Task<EnrollingPerson?> FindPersonAsync(IFactorEnrolment chosen, CancellationToken ct) =>
        await store.ReadAsync(Session.PersonId, ct) is { } status
            ? new(Session.PersonId, Session.Username, [.. status.Factors.Where(factor => factor.Kind == chosen.Kind.Name)])
            : null;

    private PageResult Refuse(IFactorEnrolment chosen, EnrollingPerson owner, FactorOffer shown)
    {
        ModelState.Clear();
        Answer = null;
        Refused = true;
        return Show(chosen, owner, shown);
    }

    private PageResult Show(IFactorEnrolment chosen, EnrollingPerson owner, FactorOffer made)
    {
        (kind, person, offer) = (chosen, owner, made);
        ProtectedOffer = offers.Protect(made);
        return Page();
    }
}

using KubeIdP.Core.Factors;
using KubeIdP.Core.Naming;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Factors;
using KubeIdP.Data.People;
using KubeIdP.Server.Factors;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace KubeIdP.Server.SelfService;

/// <summary>A further authenticator, for somebody who has just proven one.</summary>
internal sealed class AddAuthenticatorModel(
    SessionCookie cookie, OwnFactorStore factors, AuthenticatorOffers offers, TotpSecrets secrets, TotpLabel label, TimeProvider clock, ILogger<AddAuthenticatorModel> logger)
    : FactorChangeModel(cookie)
{
    private AuthenticatorOffer? offer;

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    [Text(TextKind.Opaque)]
    public string? Code { get; set; }

    /// <summary>The offer that this form was made with, sealed.</summary>
    [BindProperty(Name = "Offer")]
    [Text(TextKind.Opaque)]
    public string? SealedOffer { get; set; }

    public bool Refused { get; private set; }

    public string Secret => offer!.Secret;

    public QrCode Qr => QrCode.Of(Totp.ProvisioningUri(label, Session.Username, Secret));

    public void OnGet() => Show(offers.Make(Session));

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (offers.Open(SealedOffer, Session) is not { } shown) return new SeeOther("~/account/add-authenticator");

        // Not counted: who sees this page has been shown the secret, so there is nothing to guess.
        var secret = Totp.FromBase32(shown.Secret);
        if (NameOf(Name) is not { } name || Totp.MatchedStep(secret, Code, clock.GetUtcNow()) is not { } step) return Refuse(shown);

        var factor = new ConfirmedFactor(shown.FactorId, FactorKind.Totp, name, secrets.Protect(secret, shown.FactorId, Session.PersonId), step);
        if (!await factors.AddAsync(Owner, factor, Audit(AuditEventType.FactorEnrolled, "totp, in addition"), ct)) return NotAdded;

        logger.FactorAdded(Session.PersonId, factor.Id);
        return new SeeOther("~/account");
    }

    private static MessagePage NotAdded => new(
        StatusCodes.Status409Conflict, Texts.NotAddedTitle, Texts.NotAddedWhat.With(OwnFactorStore.MaxFactors), Texts.NotAddedNext);

    private PageResult Refuse(AuthenticatorOffer shown)
    {
        ModelState.Clear();
        Code = null;
        Refused = true;
        Show(shown);
        return Page();
    }

    private void Show(AuthenticatorOffer made)
    {
        offer = made;
        SealedOffer = offers.Seal(made);
    }
}

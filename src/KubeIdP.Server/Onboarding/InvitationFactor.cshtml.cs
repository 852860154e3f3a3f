using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Factors;
using KubeIdP.Data.People;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Factors.RecoveryCodes;
using KubeIdP.Server.Factors;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Onboarding;

internal sealed class InvitationFactorModel(
    InvitationStore invitations, FactorCheck check, OnboardingCookies cookies, FactorKinds factors, ILogger<InvitationFactorModel> log)
    : NewFactorModel(cookies, factors, LinkKind.Invitation)
{
    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var proof = new FirstProof(ProofMethod.Password, ConnectorId.Local, State.PersonId, State.Username, State.FactorEpoch,
            State.FactorFailures, State.StartedAt);
        var codes = RecoveryCodeSet.Create();
        var attempt = new FactorAttempt(proof, ClientId: null, HttpContext.Address(), HttpContext.Reference());
        return await check.ConfirmAsync(attempt, State.Factor, Answer, codes, ct) switch
        {
            FirstAnswer.Right(var factor) => End(await AcceptAsync(factor, codes, ct)),
            FirstAnswer.Refused(FactorResult.Wrong) => TryAgain(),
            _ => End(Links.StartAgain),
        };
    }

    protected override async Task<IActionResult?> InsteadAsync(CancellationToken ct)
    {
        if (await invitations.FindAsync(State.LinkHash, ct) is not { } invitee) return End(Links.InvitationDead);

        // A login of this person or an administrator has changed the state meanwhile.
        return invitee.Epoch == State.FactorEpoch ? null : End(Links.StartAgain);
    }

    private async Task<IActionResult> AcceptAsync(FirstFactor factor, IReadOnlyList<string> recoveryCodes, CancellationToken ct)
    {
        var accepted = new AcceptedInvitation(State.PersonId, State.LinkHash, State.FactorEpoch, State.PasswordHash, factor);
        if (!await invitations.AcceptAsync(accepted, new Actor(State.PersonId, HttpContext.Address(), HttpContext.Reference()), ct))
            return Links.InvitationDead;

        log.InvitationAccepted(State.PersonId);
        return Ready(recoveryCodes);
    }
}

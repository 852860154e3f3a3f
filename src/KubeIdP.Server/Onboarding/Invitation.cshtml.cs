using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Factors;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace KubeIdP.Server.Onboarding;

/// <summary>
/// The first page of an invitation: the password. Opening the link changes nothing, so link scanners of mail programs do no harm.
/// </summary>
internal sealed class InvitationModel(InvitationStore invitations, PasswordHashing hashing, OnboardingCookies cookies, FactorKinds factors,
    TimeProvider clock) : NewPasswordModel
{
    private byte[]? link;
    private Invitee? invitee;

    public string Username => invitee!.Username;

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        link = Links.HashOf(Request);
        invitee = link is null ? null : await invitations.FindAsync(link, HttpContext.RequestAborted);

        if (invitee is null) context.Result = Links.InvitationDead;
        else if (FactorThrottle.IsBarred(invitee.FactorFailures)) context.Result = FactorStepModel.BarredPage;
        else
        {
            HttpContext.SetFormSender(viewer: null);
            await next();
        }
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        List<string> faults = [.. RepetitionFaults];
        if (PasswordRules.FaultOf(ChosenPassword, Username) is { } fault) faults.Add(fault);
        if (faults.Count > 0) return Refuse(faults);

        cookies.Save(HttpContext, LinkKind.Invitation, new OnboardingState
        {
            LinkHash = link!,
            PersonId = invitee!.PersonId,
            Username = Username,
            FactorEpoch = invitee.Epoch,
            FactorFailures = invitee.FactorFailures,
            PasswordHash = await hashing.HashAsync(ChosenPassword, ct),
            Factor = await factors.BeginFirstAsync(EnrollingPerson.WithoutFactors(invitee.PersonId, Username), ct),
            StartedAt = clock.GetUtcNow(),
        });
        return new SeeOther("~/invitation/factor");
    }
}

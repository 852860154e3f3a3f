using KubeIdP.Core.Naming;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Factors;
using KubeIdP.Data.People;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Factors.RecoveryCodes;
using KubeIdP.Server.Factors;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Onboarding;

internal sealed class SetupFactorModel(
    SetupLinkStore links, SetupThrottle throttle, Administrators administrators, OnboardingCookies cookies, FactorKinds factors,
    DataDirectory data, ILogger<SetupFactorModel> log)
    : NewFactorModel(cookies, factors, LinkKind.Setup)
{
    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!await throttle.CountAsync(State.LinkHash, ct)) return End(Links.SetupDead);

        var codes = RecoveryCodeSet.Create();
        return await Kinds.ConfirmFirstAsync(State.Factor, Person, Answer, codes, ct) is { } factor
            ? End(await CompleteAsync(factor, codes, ct))
            : TryAgain();
    }

    protected override async Task<IActionResult?> InsteadAsync(CancellationToken ct) =>
        await links.IsGoodAsync(State.LinkHash, ct) ? null : End(Links.SetupDead);

    private async Task<IActionResult> CompleteAsync(FirstFactor factor, IReadOnlyList<string> recoveryCodes, CancellationToken ct)
    {
        var person = new NewPerson(State.PersonId, State.Username, UserName.Normalize(State.Username), State.Email,
            [administrators.LocalGroup!])
        {
            DisplayName = State.DisplayName,
            PasswordHash = State.PasswordHash,
        };
        switch (await links.CompleteAsync(new FirstAdministrator(State.LinkHash, person, factor),
            new Actor(person.Id, HttpContext.Address(), HttpContext.Reference()), ct))
        {
            case SetupOutcome.Done:
                log.SetupCompleted(person.Id);
                SetupLinkFile.Delete(data.Path);
                return Ready(recoveryCodes);

            case SetupOutcome.NameTaken:
                return new MessagePage(StatusCodes.Status409Conflict, Texts.NameTakenTitle, Texts.NameTakenWhat, Texts.NameTakenNext);

            default:
                return Links.SetupDead;
        }
    }
}

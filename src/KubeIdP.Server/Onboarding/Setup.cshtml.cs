using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Factors;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace KubeIdP.Server.Onboarding;

/// <summary>The first page of a setup link: who the first administrator is.</summary>
internal sealed class SetupModel(SetupLinkStore links, LocalAccounts accounts, PasswordHashing hashing, OnboardingCookies cookies,
    FactorKinds factors, TimeProvider clock)
    : NewPasswordModel
{
    private byte[]? link;

    [BindProperty]
    public string? Username { get; set; }

    [BindProperty]
    public string? DisplayName { get; set; }

    [BindProperty]
    public string? Email { get; set; }

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        link = Links.HashOf(Request);
        if (link is null || !await links.IsGoodAsync(link, HttpContext.RequestAborted)) context.Result = Links.SetupDead;
        else
        {
            HttpContext.SetFormSender(viewer: null);
            await next();
        }
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var account = NewAccount.Typed(Username, Email, groups: [], ChosenPassword, DisplayName);
        List<string> faults = [.. RepetitionFaults, .. (await accounts.FaultsOfAsync(account, ct)).Select(fault => fault.Message)];
        if (faults.Count > 0) return Refuse(faults);

        var person = accounts.NewPersonOf(account);
        cookies.Save(HttpContext, LinkKind.Setup, new OnboardingState
        {
            LinkHash = link!,
            PersonId = person.Id,
            Username = person.Username,
            DisplayName = person.DisplayName,
            Email = person.Email,
            PasswordHash = await hashing.HashAsync(ChosenPassword, ct),
            Factor = await factors.BeginFirstAsync(EnrollingPerson.WithoutFactors(person.Id, person.Username), ct),
            StartedAt = clock.GetUtcNow(),
        });
        return new SeeOther("~/setup/factor");
    }
}

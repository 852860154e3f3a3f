using KubeIdP.Core.Naming;
using KubeIdP.Server.Factors;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace KubeIdP.Server.Onboarding;

/// <summary>The second page of a link: the second factor. It needs what was chosen on the first, and a link that is still good.</summary>
internal abstract class NewFactorModel(OnboardingCookies cookies, FactorKinds factors, LinkKind kind) : PageModel
{
    private OnboardingState? state;
    private bool refused;

    [BindProperty]
    [Text(TextKind.Opaque)]
    public string? Code { get; set; }

    public OnboardingState State => state ?? throw new InvalidOperationException("The page runs without a link.");

    /// <summary>What stands in for the factor once it is lost, in this one answer; empty before the account has them.</summary>
    public IReadOnlyList<string> NewRecoveryCodes { get; private set; } = [];

    /// <summary>The account has its password, its authenticator and its recovery codes.</summary>
    public bool IsReady => NewRecoveryCodes.Count > 0;

    public string Title => IsReady ? Texts.Ready : Factors.Texts.SetUp;

    public NewFactorForm Form => new(factors.FormOf(State.Factor, State.Username), $"~{Request.Path}", refused);

    protected FactorKinds Kinds => factors;

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        state = cookies.Find(HttpContext, kind);
        if (state is not null) HttpContext.SetFormSender(viewer: null);

        // After the last form there is neither cookie nor link; what it was answered is for the browser that has sent it.
        if (HttpContext.FindFormAnswer(viewer: null) is null) context.Result = state is null ? Links.StartAgain : await InsteadAsync(HttpContext.RequestAborted);
        if (context.Result is null) await next();
    }

    /// <summary>What to answer when the link is no longer good; null when it is.</summary>
    protected abstract Task<IActionResult?> InsteadAsync(CancellationToken ct);

    protected IActionResult TryAgain()
    {
        refused = true;
        return Page();
    }

    protected IActionResult Ready(IReadOnlyList<string> recoveryCodes)
    {
        NewRecoveryCodes = recoveryCodes;
        return Page();
    }

    /// <summary>Answers for the last time on this way, whatever it led to.</summary>
    protected IActionResult End(IActionResult answer)
    {
        cookies.Remove(HttpContext, kind);
        return answer;
    }
}

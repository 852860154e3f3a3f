using KubeIdP.Core.Naming;
using KubeIdP.Server.Factors;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace KubeIdP.Server.Onboarding;

/// <summary>The second page of a link: the second factor. It needs the choices of the first page, and a link that is still valid.</summary>
internal abstract class NewFactorModel(OnboardingCookies cookies, FactorKinds factors, LinkKind kind) : PageModel
{
    private OnboardingState? state;
    private bool refused;

    /// <summary>The first answer of the new factor.</summary>
    [BindProperty]
    [Text(TextKind.Opaque)]
    public string? Answer { get; set; }

    public OnboardingState State => state ?? throw new InvalidOperationException("The page runs without a link.");

    /// <summary>The recovery codes, shown only in this response; empty before the account has them.</summary>
    public IReadOnlyList<string> NewRecoveryCodes { get; private set; } = [];

    /// <summary>The account has its password, its second factor and its recovery codes.</summary>
    public bool IsReady => NewRecoveryCodes.Count > 0;

    public string Title => IsReady ? Texts.Ready : Factors.Texts.SetUp;

    public NewFactorForm Form => new(factors.FormOf(State.Factor, Person), $"~{Request.Path}", refused);

    protected FactorKinds Kinds => factors;

    protected EnrollingPerson Person => EnrollingPerson.WithoutFactors(State.PersonId, State.Username);

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        state = cookies.Find(HttpContext, kind);
        if (state is not null) HttpContext.SetFormSender(viewer: null);

        // After the last form neither cookie nor link is valid; only the browser that sent the form gets its response again.
        if (HttpContext.FindFormAnswer(viewer: null) is null)
            context.Result = state is null ? Links.StartAgain : await InsteadAsync(HttpContext.RequestAborted);
        if (context.Result is null) await next();
    }

    /// <summary>The response when the link is no longer valid; null when it is valid.</summary>
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

    /// <summary>Gives the last response of this link, whatever its result.</summary>
    protected IActionResult End(IActionResult answer)
    {
        cookies.Remove(HttpContext, kind);
        return answer;
    }
}

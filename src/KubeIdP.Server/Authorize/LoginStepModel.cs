using KubeIdP.Core.Identifiers;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace KubeIdP.Server.Authorize;

/// <summary>A page on the way of a login: it needs the protected request of <c>?login=</c>, and ends by going back to the dispatcher.</summary>
internal abstract class LoginStepModel(LoginCookies cookies) : PageModel, IAsyncResultFilter
{
    private LoginState? state;

    private string? Locales => state is null ? null : QueryHelpers.ParseQuery(state.Query).GetValueOrDefault(Languages.Parameter).ToString();

    /// <summary>As far as this browser has come. Handlers run only where there is one.</summary>
    public LoginState State => state ?? throw new InvalidOperationException("The page runs without a login.");

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        state = cookies.Find(HttpContext, Request.Query["login"]);
        if (state?.RedirectOrigin is { } origin) HttpContext.AllowFormRedirect(origin);
        Languages.Speak(HttpContext, Locales);

        context.Result = state is null ? LoginOverModel.For(Identifier.OrNull<ClientId>(cookies.ClientOf(Request.Query["login"]))) : await InsteadAsync(HttpContext.RequestAborted);
        if (context.Result is null) await next();
    }

    /// <summary>The page is written after the handler has returned, and with it its language.</summary>
    Task IAsyncResultFilter.OnResultExecutionAsync(ResultExecutingContext context, ResultExecutionDelegate next)
    {
        Languages.Speak(HttpContext, Locales);
        return next();
    }

    /// <summary>What to answer instead of this step when it is not its turn; null when it is.</summary>
    protected virtual Task<IActionResult?> InsteadAsync(CancellationToken ct) => Task.FromResult<IActionResult?>(null);

    /// <summary>Back to the one place that decides what comes next.</summary>
    protected IActionResult GoOn() => new SeeOther(State.ReturnUrl);

    protected IActionResult GoOn(LoginState proven)
    {
        Keep(proven);
        return GoOn();
    }

    protected void Keep(LoginState changed)
    {
        cookies.Save(HttpContext, changed);
        state = changed;
    }
}

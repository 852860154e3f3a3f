using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Authorize;

/// <summary>A page of a login: it needs the protected request in <c>?login=</c>, and ends by redirecting to the dispatcher.</summary>
internal abstract class LoginStepModel(LoginCookies cookies) : PageModel, IAsyncResultFilter
{
    private LoginState? state;

    /// <summary>The state of the login in this browser. Handlers run only when there is one.</summary>
    public LoginState State => state ?? throw new InvalidOperationException("The page runs without a login.");

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        state = cookies.Find(HttpContext, Request.Query["login"]);
        if (state?.RedirectOrigin is { } origin) HttpContext.AllowFormRedirect(origin);
        Languages.Use(HttpContext, state?.Locales);

        context.Result = state is null
            ? LoginOverModel.For(cookies.ClientOf(Request.Query["login"]))
            : await InsteadAsync(HttpContext.RequestAborted);
        if (context.Result is null) await next();
    }

    /// <summary>The page is rendered after the handler has returned, so the language must be set here.</summary>
    Task IAsyncResultFilter.OnResultExecutionAsync(ResultExecutingContext context, ResultExecutionDelegate next)
    {
        Languages.Use(HttpContext, state?.Locales);
        return next();
    }

    /// <summary>The response when this page is not the next step; null when it is.</summary>
    protected virtual Task<IActionResult?> InsteadAsync(CancellationToken ct) => Task.FromResult<IActionResult?>(null);

    /// <summary>Redirects to the endpoint that decides the next step.</summary>
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

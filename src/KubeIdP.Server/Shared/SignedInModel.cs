using KubeIdP.Data.Sessions;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Sessions;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace KubeIdP.Server.Shared;

/// <summary>A page of ours for somebody who is signed in. Anybody else is sent to sign in and then back; a form of theirs is not carried over.</summary>
internal abstract class SignedInModel(SessionCookie cookie) : PageModel
{
    private BrowserSession? session;

    /// <summary>The browser's live session. Handlers run only where there is one.</summary>
    public BrowserSession Session => session ?? throw new InvalidOperationException("The page runs without a session.");

    /// <summary>How long ago both factors may have been proven; null: any time in the session.</summary>
    protected virtual TimeSpan? FactorMaxAge => null;

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        session = await cookie.FindAsync(HttpContext, HttpContext.RequestAborted);
        if (session is null || (FactorMaxAge is { } age && session.Now - session.AuthTime > age))
            context.Result = SignInEndpoint.For(Request.Path, FactorMaxAge);
        else
            await next();
    }
}

using KubeIdP.Data.Sessions;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace KubeIdP.Server.Sessions;

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
        ViewData[Navigation.Visitor] = session;
        if (session is not null) HttpContext.SetFormSender(session.Id);

        context.Result = session is null ? SignIn() : await InsteadAsync(HttpContext.RequestAborted) ?? (IsFresh(session) ? null : SignIn());
        if (context.Result is null) await next();
    }

    /// <summary>What to answer instead of this page to the person of <see cref="Session"/>, before anything else is asked of them; null when it is for them.</summary>
    protected virtual Task<IActionResult?> InsteadAsync(CancellationToken ct) => Task.FromResult<IActionResult?>(null);

    // What a form was answered is shown although a moment later the form would not have been taken any more.
    private bool IsFresh(BrowserSession found) => FactorMaxAge is not { } age || found.Now - found.AuthTime <= age || HttpContext.FindFormAnswer(found.Id) is not null;

    // A page that was only looked at comes back as it was asked for; what a form's address says belongs to the form.
    private SeeOther SignIn() => SignInRedirect.For(HttpMethods.IsGet(Request.Method) ? $"{Request.Path}{Request.QueryString}" : Request.Path, FactorMaxAge);
}

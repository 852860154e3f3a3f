using KubeIdP.Data.Sessions;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace KubeIdP.Server.Sessions;

/// <summary>
/// The base class of pages for signed-in people. Anybody else is redirected to the login and then back; a submitted form is not kept.
/// </summary>
internal abstract class SignedInModel(SessionCookie cookie) : PageModel
{
    private BrowserSession? session;

    /// <summary>The browser's live session. Handlers run only if there is one.</summary>
    public BrowserSession Session => session ?? throw new InvalidOperationException("The page was run without a session.");

    /// <summary>The maximum time since a second factor was proven; null: any time in the session.</summary>
    protected virtual TimeSpan? FactorMaxAge => null;

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        session = await cookie.FindAsync(HttpContext, HttpContext.RequestAborted);
        ViewData[Navigation.Visitor] = session;
        if (session is not null) HttpContext.SetFormSender(session.Id);

        context.Result = session is null
            ? SignIn()
            : await InsteadAsync(HttpContext.RequestAborted) ?? (IsFresh(session) ? null : SignIn());
        if (context.Result is null) await next();
    }

    /// <summary>
    /// A response instead of this page for the person of <see cref="Session"/>, before a fresh login is required; null if they may see the
    /// page.
    /// </summary>
    protected virtual Task<IActionResult?> InsteadAsync(CancellationToken ct) => Task.FromResult<IActionResult?>(null);

    // The response to a form is shown even if the session has meanwhile become too old for the form.
    private bool IsFresh(BrowserSession found) =>
        FactorMaxAge is not { } age || found.Now - found.AuthTime <= age || HttpContext.FindFormAnswer(found.Id) is not null;

    // After a GET the login returns to the same address with its query; after a POST to the path only, because the query belongs to the
    // form.
    private SeeOther SignIn() =>
        SignInRedirect.For(HttpMethods.IsGet(Request.Method) ? $"{Request.Path}{Request.QueryString}" : Request.Path, FactorMaxAge);
}

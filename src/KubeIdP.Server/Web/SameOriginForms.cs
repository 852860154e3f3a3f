using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Extensions.Options;

namespace KubeIdP.Server.Web;

/// <summary>
/// Accepts a form whose antiforgery token belongs to another cookie if the browser states that a page of this server sent it
/// (<c>Sec-Fetch-Site: same-origin</c>, which no script can set). When tabs open at the same time in a browser without the cookie, each
/// gets its own cookie and the browser keeps the last one: the forms of the others would be refused. Without any cookie, or without this
/// header, the token decides.
/// </summary>
internal sealed class SameOriginForms(IAntiforgery tokens, IOptions<AntiforgeryOptions> options) : IAntiforgery
{
    public AntiforgeryTokenSet GetAndStoreTokens(HttpContext httpContext) => tokens.GetAndStoreTokens(httpContext);

    public AntiforgeryTokenSet GetTokens(HttpContext httpContext) => tokens.GetTokens(httpContext);

    public async Task<bool> IsRequestValidAsync(HttpContext httpContext) =>
        IsOurs(httpContext.Request) || await tokens.IsRequestValidAsync(httpContext);

    public Task ValidateRequestAsync(HttpContext httpContext) =>
        IsOurs(httpContext.Request) ? Task.CompletedTask : tokens.ValidateRequestAsync(httpContext);

    public void SetCookieTokenAndHeader(HttpContext httpContext) => tokens.SetCookieTokenAndHeader(httpContext);

    private bool IsOurs(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"] == "same-origin" && request.Cookies.ContainsKey(options.Value.Cookie.Name!);
}

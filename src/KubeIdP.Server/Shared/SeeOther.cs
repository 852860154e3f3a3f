using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Shared;

/// <summary>RFC 9700 §4.12: after credentials only 303 is sure to make the browser drop the body; 307 would post the password on.</summary>
/// <param name="Url">An address within the issuer begins with "~", which stands for the issuer's path.</param>
internal sealed record SeeOther(string Url) : IActionResult, IResult
{
    public Task ExecuteResultAsync(ActionContext context) => ExecuteAsync(context.HttpContext);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = Url.StartsWith('~') ? httpContext.Request.PathBase + Url[1..] : Url;
        httpContext.Response.Headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }
}

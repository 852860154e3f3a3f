using System.Text;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Web;

/// <summary>RFC 9700 §4.12: after credentials only 303 is sure to make the browser drop the body; 307 would post the password on.</summary>
/// <param name="Url">An address within the issuer begins with "~", which stands for the issuer's path.</param>
internal sealed record SeeOther(string Url) : IActionResult, IResult
{
    public Task ExecuteResultAsync(ActionContext context) => ExecuteAsync(context.HttpContext);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = Encoded(Url.StartsWith('~') ? httpContext.Request.PathBase + Url[1..] : Url);
        httpContext.Response.Headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }

    // RFC 3986 §2.1: what somebody searched for is decoded when it was read, and a header that is not ASCII ends the answer.
    private static string Encoded(string url) =>
        url.AsSpan().ContainsAnyExceptInRange('!', '~') ? string.Concat(url.EnumerateRunes().Select(Encoded)) : url;

    private static string Encoded(Rune letter) => letter.Value is >= '!' and <= '~' ? $"{letter}" : Uri.EscapeDataString($"{letter}");
}

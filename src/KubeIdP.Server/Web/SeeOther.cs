using System.Text;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Web;

/// <summary>
/// RFC 9700 §4.12: after credentials only 303 ensures that the browser drops the body; with 307 it would post the password again.
/// </summary>
/// <param name="Url">An address; "~" at the beginning stands for the path of the issuer.</param>
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

    // RFC 3986 §2.1: a search text was decoded when it was read, and a header with other characters than ASCII makes the response fail.
    private static string Encoded(string url) =>
        url.AsSpan().ContainsAnyExceptInRange('!', '~') ? string.Concat(url.EnumerateRunes().Select(Encoded)) : url;

    private static string Encoded(Rune letter) => letter.Value is >= '!' and <= '~' ? $"{letter}" : Uri.EscapeDataString($"{letter}");
}

using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace KubeIdP.Server.Web;

/// <summary>
/// The stored response to a form. Every response to a POST is a redirect; if it leads to <see cref="Page"/>, the page is stored with it.
/// </summary>
/// <param name="Location">Where the browser goes.</param>
/// <param name="Cookies">The Set-Cookie headers of the response, in order.</param>
/// <param name="Page">The page to show there; null when the redirect leads to another page.</param>
/// <param name="Viewer">See <see cref="FormSender"/>.</param>
internal sealed record FormAnswer(string Location, IReadOnlyList<string> Cookies, FormAnswerPage? Page, string? Viewer) : IActionResult
{
    public Task ExecuteResultAsync(ActionContext context)
    {
        foreach (var cookie in Cookies) context.HttpContext.Response.Headers.Append(HeaderNames.SetCookie, cookie);
        return new SeeOther(Location).ExecuteResultAsync(context);
    }
}

/// <summary>A page or a file that is the response to a form.</summary>
internal sealed record FormAnswerPage(int Status, string? ContentType, string? ContentDisposition, string? RetryAfter, byte[] Body)
    : IActionResult
{
    public async Task ExecuteResultAsync(ActionContext context)
    {
        var response = context.HttpContext.Response;
        (response.StatusCode, response.ContentType, response.ContentLength) = (Status, ContentType, Body.Length);
        response.Headers.ContentDisposition = ContentDisposition;
        response.Headers.RetryAfter = RetryAfter;

        // SecurityHeaders sets it for pages; this may be a file.
        response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsHead(context.HttpContext.Request.Method))
            await response.Body.WriteAsync(Body, context.HttpContext.RequestAborted);
    }
}

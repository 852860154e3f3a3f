using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace KubeIdP.Server.Web;

/// <summary>What a form was answered. Every answer to a POST is a redirect; where it leads to <see cref="Page"/>, the page is kept with it.</summary>
/// <param name="Location">Where the browser goes.</param>
/// <param name="Cookies">The Set-Cookie lines of the answer, in their order.</param>
/// <param name="Page">What is shown there; null where another page is.</param>
/// <param name="Viewer">See <see cref="FormSender"/>.</param>
internal sealed record FormAnswer(string Location, IReadOnlyList<string> Cookies, FormAnswerPage? Page, string? Viewer) : IActionResult
{
    public Task ExecuteResultAsync(ActionContext context)
    {
        foreach (var cookie in Cookies) context.HttpContext.Response.Headers.Append(HeaderNames.SetCookie, cookie);
        return new SeeOther(Location).ExecuteResultAsync(context);
    }
}

/// <summary>A page, or a file, that a form was answered with.</summary>
internal sealed record FormAnswerPage(int Status, string? ContentType, string? ContentDisposition, string? RetryAfter, byte[] Body) : IActionResult
{
    public async Task ExecuteResultAsync(ActionContext context)
    {
        var response = context.HttpContext.Response;
        (response.StatusCode, response.ContentType, response.ContentLength) = (Status, ContentType, Body.Length);
        response.Headers.ContentDisposition = ContentDisposition;
        response.Headers.RetryAfter = RetryAfter;

        // Pages have it from SecurityHeaders; this may be a file.
        response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsHead(context.HttpContext.Request.Method)) await response.Body.WriteAsync(Body, context.HttpContext.RequestAborted);
    }
}

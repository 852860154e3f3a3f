using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Web;

/// <summary>
/// A page that tells what happened, what to do next, and the reference for an administrator. It can be the result of a Razor Page or an
/// endpoint; middleware calls <see cref="ExecuteAsync(HttpContext)"/>.
/// </summary>
/// <param name="Status">The HTTP status of the answer.</param>
/// <param name="Title">A few words, without a full stop.</param>
/// <param name="What">What happened.</param>
/// <param name="Next">What the person can do about it.</param>
internal sealed record MessagePage(int Status, string Title, string What, string Next) : IActionResult, IResult
{
    // In seconds. A directory or a lock is seldom available again sooner.
    private const string RetryAfter = "30";

    private const string View = "/Web/Message.cshtml";

    /// <summary>An error description of the protocol, always in English; null when there is none.</summary>
    public string? Detail { get; init; }

    /// <summary>Where the person can go on; null when there is no such page.</summary>
    public MessageLink? Link { get; init; }

    public Task ExecuteResultAsync(ActionContext context) => RenderAsync(context);

    public Task ExecuteAsync(HttpContext httpContext) => RenderAsync(ModelView.ContextOf(httpContext));

    private Task RenderAsync(ActionContext context)
    {
        // RFC 9110 §10.2.3. A Retry-After that is already set is kept.
        var headers = context.HttpContext.Response.Headers;
        if (Status == StatusCodes.Status503ServiceUnavailable && headers.RetryAfter.Count == 0) headers.RetryAfter = RetryAfter;

        return ModelView.ShowAsync(context, View, this, Status);
    }
}

/// <param name="Address">A page of this server; "~" at the beginning stands for the path of the issuer.</param>
internal sealed record MessageLink(string Address, string Text);

using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Web;

/// <summary>
/// A page that says what happened, what to do next, and under which reference an administrator finds it. The answer of a Razor Page
/// and of an endpoint alike; a middleware calls <see cref="ExecuteAsync(HttpContext)"/>.
/// </summary>
/// <param name="Status">The HTTP status of the answer.</param>
/// <param name="Title">A few words, without a full stop.</param>
/// <param name="What">What happened.</param>
/// <param name="Next">What the person can do about it.</param>
internal sealed record MessagePage(int Status, string Title, string What, string Next) : IActionResult, IResult
{
    // Seconds. What a person waits for, a directory or a lock, is seldom well again sooner.
    private const string RetryAfter = "30";

    private const string View = "/Web/Message.cshtml";

    /// <summary>A protocol's own words for what happened, in English whatever the reader's language; null when there are none.</summary>
    public string? Detail { get; init; }

    public Task ExecuteResultAsync(ActionContext context) => RenderAsync(context);

    public Task ExecuteAsync(HttpContext httpContext) => RenderAsync(ModelView.ContextOf(httpContext));

    private Task RenderAsync(ActionContext context)
    {
        // RFC 9110 §10.2.3. Whoever was sooner wiser about the moment keeps the word.
        var headers = context.HttpContext.Response.Headers;
        if (Status == StatusCodes.Status503ServiceUnavailable && headers.RetryAfter.Count == 0) headers.RetryAfter = RetryAfter;

        return ModelView.ShowAsync(context, View, this, Status);
    }
}

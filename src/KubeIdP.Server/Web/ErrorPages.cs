using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeIdP.Server.Web;

/// <summary>Adds a body to error responses that have only a status: a page for a browser, JSON for a program.</summary>
internal static class ErrorPages
{
    /// <summary>The additional member of problem details (RFC 9457).</summary>
    public const string ReferenceMember = "reference";

    public static Task ShowAsync(StatusCodeContext context)
    {
        var http = context.HttpContext;
        if (http.Response.Headers.CacheControl.Count == 0) http.Response.Headers.CacheControl = "no-store";
        var response = http.GetOpenIddictServerResponse() is { Error: not null } answered ? answered : null;
        var refused = response is null ? null : response.ErrorDescription ?? "The request is not valid.";
        if (http.WantsPage()) return PageOf(http.Response.StatusCode, refused).ExecuteAsync(http);

        var description = refused ?? http.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => "There is nothing at this address on this server.",
            StatusCodes.Status405MethodNotAllowed => "This address does not accept this kind of request.",
            _ => "The server could not accept this request.",
        };
        return AnswerProgramAsync(http, response?.Error ?? "invalid_request", description);
    }

    /// <summary>
    /// An error for a program, in the format of the address: problem details (RFC 9457) for the API, else an OAuth error (RFC 6749 §5.2).
    /// </summary>
    public static Task AnswerProgramAsync(HttpContext http, string error, string description) =>
        http.Request.Path.StartsWithSegments("/api")
        ? Problem(http, http.Response.StatusCode, title: null, description).ExecuteAsync(http)
        : http.Response.WriteAsJsonAsync(new { error, error_description = $"{description} (reference {http.TraceIdentifier})" });

    /// <summary>Problem details (RFC 9457), with the reference for the log and the audit log.</summary>
    /// <param name="title">Null: the reason phrase of the status.</param>
    public static ProblemHttpResult Problem(HttpContext http, int status, string? title, string detail) =>
        TypedResults.Problem(detail, statusCode: status, title: title, extensions: [new(ReferenceMember, http.TraceIdentifier)]);

    /// <summary>Whether the response is shown to a person.</summary>
    public static bool WantsPage(this HttpContext http) =>
        http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private static MessagePage PageOf(int status, string? refused) => status switch
    {
        _ when refused is not null =>
            new(status, Texts.RequestRefusedTitle, Texts.ProgramRefusedWhat, Texts.ProgramRefusedNext) { Detail = refused },
        StatusCodes.Status404NotFound => new(status, Texts.NotFoundTitle, Texts.NotFoundWhat, Texts.NotFoundNext),
        StatusCodes.Status405MethodNotAllowed => new(status, Texts.NotAllowedTitle, Texts.NotAllowedWhat, Texts.NotAllowedNext),
        _ => new(status, Texts.RequestRefusedTitle, Texts.RequestRefusedWhat, Texts.RequestRefusedNext),
    };
}

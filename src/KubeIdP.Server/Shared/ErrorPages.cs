using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Diagnostics;

namespace KubeIdP.Server.Shared;

/// <summary>Answers that would go out with a status and nothing else: a page for a browser, JSON for a program.</summary>
internal static class ErrorPages
{
    public static Task ShowAsync(StatusCodeContext context)
    {
        var http = context.HttpContext;
        var status = http.Response.StatusCode;
        var page = http.GetOpenIddictServerResponse() is { Error: not null } refused
            ? new MessagePage(status, "This request was refused", refused.ErrorDescription ?? "The request is not valid.", "Go back to the program that sent you here and start again. If that does not help, show its administrator this page.")
            : status switch
            {
                StatusCodes.Status404NotFound => new MessagePage(status, "There is no such page", "The address leads nowhere on this server.", "Check it, or start again from kubectl."),
                StatusCodes.Status405MethodNotAllowed => new MessagePage(status, "That can’t be done here", "This address does not take that kind of request.", "Start again from kubectl."),
                _ => new MessagePage(status, "This request was refused", "The server could not take this request.", "Go back and start again."),
            };
        return http.WantsPage() ? page.ExecuteAsync(http) : http.Response.WriteAsJsonAsync(new { error = "invalid_request", error_description = $"{page.What} (reference {http.TraceIdentifier})" });
    }

    /// <summary>Whether a person looks at the answer.</summary>
    public static bool WantsPage(this HttpContext http) => http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
}

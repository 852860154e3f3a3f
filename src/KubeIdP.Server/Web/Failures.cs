using System.Security.Cryptography;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Runtime;
using Microsoft.AspNetCore.Connections;

namespace KubeIdP.Server.Web;

/// <summary>
/// The outermost handler of every request: assigns its reference, and turns exceptions into responses. An outage of the database becomes
/// 503 with Retry-After, an unreadable request its own status; anything else is a bug and becomes 500, with the details in the log under
/// the reference.
/// </summary>
internal sealed class Failures(Database database, StartupState startup, OutageReport outages, FailedForms forms, ILogger<Failures> log)
{
    // With this scope a log collector finds all log entries of one request.
    private static readonly Func<ILogger, string, IDisposable?> InRequest = LoggerMessage.DefineScope<string>("reference {Reference}");

    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        http.TraceIdentifier = RandomNumberGenerator.GetHexString(12, lowercase: true);
        using var scope = InRequest(log, http.Reference());
        if (!startup.IsComplete)
        {
            await AnswerAsync(http, StatusCodes.Status503ServiceUnavailable, "temporarily_unavailable", "The server is starting.",
                Texts.DatabaseAway);
            return;
        }

        try
        {
            await next(http);
        }
        catch (Exception fault) when (http.RequestAborted.IsCancellationRequested
            && (fault is OperationCanceledException || IsOfTheBody(fault)))
        {
            http.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception fault) when (!http.Response.HasStarted)
        {
            await AnswerAsync(http, fault);
        }
    }

    private async Task AnswerAsync(HttpContext http, Exception fault)
    {
        database.DiscardConnections(fault);
        var (status, error, description) = fault switch
        {
            BadHttpRequestException bad => (bad.StatusCode, "invalid_request", "The request could not be read."),
            _ when IsOfTheBody(fault) => (StatusCodes.Status400BadRequest, "invalid_request", "The request could not be read."),
            InvalidDataException => (
                StatusCodes.Status400BadRequest, "invalid_request",
                "The request has too many parameters, parameters that are too long, or a NUL character in one."),
            _ when Outage.Is(fault) => (StatusCodes.Status503ServiceUnavailable, "temporarily_unavailable", Outage.Describe(fault)),
            _ => (StatusCodes.Status500InternalServerError, "server_error", "The server has an internal error."),
        };
        if (status == StatusCodes.Status503ServiceUnavailable) outages.Report(http.Reference(), fault);
        else if (status == StatusCodes.Status500InternalServerError) log.Bug(http.Reference(), fault);

        http.Response.Clear();
        if (HttpMethods.IsPost(http.Request.Method) && http.WantsPage())
            await forms.RedirectTo(status, http.Reference()).ExecuteAsync(http);
        else await AnswerAsync(http, status, error, description, TextOf(status, fault));
    }

    /// <summary>
    /// Whether the connection broke or the body ended before it was read completely: a plain IOException that is not wrapped. Database
    /// drivers wrap theirs, and those about files have their own types or the error number of the system (errno(3)).
    /// </summary>
    private static bool IsOfTheBody(Exception fault) =>
        fault is ConnectionResetException || (fault is IOException { HResult: <= 0 or >= 4096 } && fault.GetType() == typeof(IOException));

    /// <summary>Shows a browser the page for a form that failed with this status.</summary>
    public static Task ShowPageAsync(HttpContext http, int status) =>
        AnswerAsync(http, status, "server_error", "The form could not be accepted.", TextOf(status, fault: null));

    /// <summary>The message for a person.</summary>
    /// <param name="status">The status of the response.</param>
    /// <param name="fault">Null when only the status is known. An unreadable form nearly always has too many fields.</param>
    private static string TextOf(int status, Exception? fault) => status switch
    {
        StatusCodes.Status503ServiceUnavailable => Texts.DatabaseAway,
        StatusCodes.Status500InternalServerError => Texts.Bug,
        StatusCodes.Status400BadRequest when fault is null or InvalidDataException => Texts.TooManyParameters,
        _ => Texts.Unreadable,
    };

    private static async Task AnswerAsync(HttpContext http, int status, string error, string description, string words)
    {
        http.Response.StatusCode = status;
        http.Response.Headers.CacheControl = "no-store";
        if (status == StatusCodes.Status503ServiceUnavailable) http.Response.Headers.RetryAfter = "2";

        if (http.WantsPage())
            await new MessagePage(status, Texts.FailureTitle, words, Texts.FailureNext).ExecuteAsync(http);
        else
            await ErrorPages.AnswerProgramAsync(http, error, description);
    }
}

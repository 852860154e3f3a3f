using System.Security.Cryptography;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Runtime;
using Microsoft.AspNetCore.Connections;

namespace KubeIdP.Server.Web;

/// <summary>
/// The top of every request: gives it its reference, and turns what was thrown into an answer. An outage of the database is 503 with Retry-After, a
/// request that can't be read its own status, anything else a bug: 500, and the log has the rest under the reference.
/// </summary>
internal sealed class Failures(Database database, StartGate gate, OutageReport outages, FailedForms forms, ILogger<Failures> log)
{
    // By which a collected log finds all lines of one request.
    private static readonly Func<ILogger, string, IDisposable?> InRequest = LoggerMessage.DefineScope<string>("reference {Reference}");

    public async Task GuardAsync(HttpContext http, RequestDelegate next)
    {
        http.TraceIdentifier = RandomNumberGenerator.GetHexString(12, lowercase: true);
        using var scope = InRequest(log, http.Reference());
        if (!gate.IsOpen)
        {
            await AnswerAsync(http, StatusCodes.Status503ServiceUnavailable, "temporarily_unavailable", "The server is starting.", Texts.DatabaseAway);
            return;
        }

        try
        {
            await next(http);
        }
        catch (Exception fault) when (http.RequestAborted.IsCancellationRequested && (fault is OperationCanceledException || IsOfTheBody(fault)))
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
                StatusCodes.Status400BadRequest, "invalid_request", "The request has too many parameters, too long ones, or a NUL in one."),
            _ when Outage.Is(fault) => (StatusCodes.Status503ServiceUnavailable, "temporarily_unavailable", Outage.Describe(fault)),
            _ => (StatusCodes.Status500InternalServerError, "server_error", "Something went wrong on our side."),
        };
        if (status == StatusCodes.Status503ServiceUnavailable) outages.Report(http.Reference(), fault);
        else if (status == StatusCodes.Status500InternalServerError) log.Bug(http.Reference(), fault);

        http.Response.Clear();
        if (HttpMethods.IsPost(http.Request.Method) && http.WantsPage()) await forms.LeadTo(status, http.Reference()).ExecuteAsync(http);
        else await AnswerAsync(http, status, error, description, WordsOf(status, fault));
    }

    /// <summary>
    /// Whether the caller's connection broke off, or its body ended, before all was read: a plain IOException with nothing around it. The drivers
    /// of the databases wrap theirs, and one about a file is of a type of its own or has the system's number (errno(3)).
    /// </summary>
    private static bool IsOfTheBody(Exception fault) =>
        fault is ConnectionResetException || (fault is IOException { HResult: <= 0 or >= 4096 } && fault.GetType() == typeof(IOException));

    /// <summary>What a browser is shown for a form that was answered with this status.</summary>
    public static Task ShowPageAsync(HttpContext http, int status) =>
        AnswerAsync(http, status, "server_error", "The form could not be taken.", WordsOf(status, fault: null));

    /// <summary>What a person reads.</summary>
    /// <param name="status">Of the answer.</param>
    /// <param name="fault">Null where nothing but the status is known: a form that can't be read nearly always has too many fields.</param>
    private static string WordsOf(int status, Exception? fault) => status switch
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

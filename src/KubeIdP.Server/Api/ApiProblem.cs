using KubeIdP.Server.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeIdP.Server.Api;

/// <summary>What went wrong (RFC 9457), with the reference under which the log and the audit have it.</summary>
internal static class ApiProblem
{
    /// <summary>The member beside those of RFC 9457.</summary>
    public const string Reference = "reference";

    public static ProblemHttpResult NotFound(HttpContext http, string what) => Of(http, StatusCodes.Status404NotFound, "There is no such thing.", what);

    public static ProblemHttpResult Invalid(HttpContext http, params IEnumerable<string> faults) => Of(http, StatusCodes.Status400BadRequest, "This can't be done as asked.", string.Join(' ', faults));

    public static ProblemHttpResult Conflict(HttpContext http, string what) => Of(http, StatusCodes.Status409Conflict, "It is not so any more.", what);

    public static ProblemHttpResult Of(HttpContext http, int status, string title, string detail) => TypedResults.Problem(
        detail, statusCode: status, title: title, extensions: [new(Reference, http.Reference())]);
}

using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeIdP.Server.Api;

/// <summary>The errors of the API, as problem details (RFC 9457).</summary>
internal static class ApiProblem
{
    public static ProblemHttpResult NotFound(HttpContext http, string what) => Of(http, StatusCodes.Status404NotFound, "Not found.", what);

    public static ProblemHttpResult Invalid(HttpContext http, params IEnumerable<string> faults) =>
        Of(http, StatusCodes.Status400BadRequest, "Invalid request.", string.Join(' ', faults));

    public static ProblemHttpResult Conflict(HttpContext http, string what) =>
        Of(http, StatusCodes.Status409Conflict, "Conflict with the current state.", what);

    public static ProblemHttpResult Of(HttpContext http, int status, string title, string detail) =>
        ErrorPages.Problem(http, status, title, detail);
}

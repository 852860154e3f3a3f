using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeIdP.Server.Api;

/// <summary>What can go wrong with a call, in the words of RFC 9457.</summary>
internal static class ApiProblem
{
    public static ProblemHttpResult NotFound(HttpContext http, string what) => Of(http, StatusCodes.Status404NotFound, "There is no such thing.", what);

    public static ProblemHttpResult Invalid(HttpContext http, params IEnumerable<string> faults) => Of(http, StatusCodes.Status400BadRequest, "This can't be done as asked.", string.Join(' ', faults));

    public static ProblemHttpResult Conflict(HttpContext http, string what) => Of(http, StatusCodes.Status409Conflict, "It is not so any more.", what);

    public static ProblemHttpResult Of(HttpContext http, int status, string title, string detail) => ErrorPages.Problem(http, status, title, detail);
}

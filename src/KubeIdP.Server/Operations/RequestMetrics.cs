using System.Diagnostics.Metrics;
using System.Globalization;
using KubeIdP.Server.Issuer;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Operations;

/// <summary>
/// Counts the requests of people and clients, not those of the platform. The instrument <c>kubeidp.requests</c> of the meter
/// <c>KubeIdP.Requests</c>, which alerts use: the duration metrics of ASP.NET Core are more detailed, but have no series for a status that
/// has not occurred yet.
/// </summary>
internal sealed class RequestMetrics(IMeterFactory meters, TimeProvider clock)
{
    /// <summary>A response that takes longer counts as late, because kubectl waits for it.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(1);

    private const string Token = "token";
    private const string Other = "other";

    /// <summary>The statuses that the endpoints return. Another status gets a series when it first occurs.</summary>
    private static readonly int[] Statuses = [200, 302, 303, 304, 400, 401, 403, 404, 405, 413, 429, 499, 500, 503];

    private readonly SeriesCounter requests = new(
        meters.Create("KubeIdP.Requests"), "kubeidp.requests", "{request}",
        "Answered requests: to the token endpoint or another, by status, and whether the answer took longer than a second.",
        ["endpoint", "status", "late"],
        from endpoint in (string[])[Token, Other]
        from status in Statuses
        from late in (string[])["false", "true"]
        select (string[])[endpoint, TextOf(status), late]);

    public async Task CountAsync(HttpContext http, RequestDelegate next)
    {
        var began = clock.GetTimestamp();
        var status = StatusCodes.Status500InternalServerError;
        try
        {
            await next(http);
            status = http.Response.StatusCode;
        }
        finally
        {
            requests.Add(
                http.Request.Path.Equals(EndpointPaths.Token, StringComparison.OrdinalIgnoreCase) ? Token : Other,
                TextOf(status),
                clock.GetElapsedTime(began) > Late ? "true" : "false");
        }
    }

    private static string TextOf(int status) => status.ToString(CultureInfo.InvariantCulture);
}

using System.Diagnostics.Metrics;
using System.Globalization;
using KubeIdP.Server.Issuer;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Operations;

/// <summary>
/// The requests of people and clients, never the platform's own. The instrument <c>kubeidp.requests</c> of the meter <c>KubeIdP.Requests</c>, which alerts go
/// by: the durations of ASP.NET Core are finer, and a status that never was has no series there.
/// </summary>
internal sealed class RequestMetrics(IMeterFactory meters, TimeProvider clock)
{
    /// <summary>An answer that takes longer is late: kubectl waits for it.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(1);

    private const string Token = "token";
    private const string Other = "other";

    /// <summary>What our endpoints answer. Another status has a series from its first time on.</summary>
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

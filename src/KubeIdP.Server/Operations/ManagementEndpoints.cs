using System.Text;
using KubeIdP.Server.Hosting;
using Microsoft.AspNetCore.Http.Features;

namespace KubeIdP.Server.Operations;

/// <summary>The endpoints of the management listener, which no other listener serves.</summary>
internal static class ManagementEndpoints
{
    private const string Live = "/livez";
    private const string Ready = "/readyz";

    /// <summary>
    /// Must run before everything else: requests of the management listener reach no pages, and other requests reach none of these
    /// endpoints.
    /// </summary>
    public static void UseManagement(this WebApplication app)
    {
        app.Use(next => http => app.Services.GetRequiredService<Draining>().CloseConnectionsAsync(http, next));
        var management = app.Services.GetRequiredService<ManagementOptions>();
        if (management.Listen is not null) app.MapWhen(http => http.IsForManagement(), Map);
        if (management.IsMeasured) app.Use(next => http => app.Services.GetRequiredService<RequestMetrics>().CountAsync(http, next));
    }

    private static void Map(IApplicationBuilder management)
    {
        // Requests of kubelet and Prometheus are not counted, because they would distort the metrics of people's requests.
        management.Use(next => http =>
        {
            if (http.Features.Get<IHttpMetricsTagsFeature>() is { } measured) measured.MetricsDisabled = true;
            return next(http);
        });
        management.UseMetricsPage();
        management.Run(http =>
            (http.Request.Path.Value, HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)) switch
        {
            (Live, true) => WriteAsync(http, StatusCodes.Status200OK, "ok"),
            (Ready, true) => WriteReadinessAsync(http),
            (Live or Ready, false) => WriteAsync(http, StatusCodes.Status405MethodNotAllowed, "GET only"),
            _ => WriteAsync(http, StatusCodes.Status404NotFound, $"There is {Live}, {Ready} and {TelemetrySetup.MetricsPath}."),
        });
    }

    /// <summary>In the format of the API server's <c>/readyz?verbose</c>, which administrators know.</summary>
    private static async Task WriteReadinessAsync(HttpContext http)
    {
        var checks = await http.RequestServices.GetRequiredService<Readiness>().CheckAsync(http.RequestAborted);
        var lines = checks.Select(check => check.Failure is null
            ? $"[+]{check.Name} ok"
            : $"[-]{check.Name} {(check.IsKnown ? "failed" : "unknown")}: {check.Failure}");
        var isReady = checks.All(check => check.Failure is null);
        await WriteAsync(http, isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable,
            string.Join('\n', [.. lines, isReady ? "ready" : "not ready"]));
    }

    private static async Task WriteAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsHead(http.Request.Method)) await http.Response.WriteAsync(text + "\n", Encoding.UTF8, http.RequestAborted);
    }
}

using KubeIdP.Server.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace KubeIdP.Server.Operations;

/// <summary>
/// OpenTelemetry: metrics of the server and of libraries, for Prometheus at <see cref="MetricsPath"/> and for a collector over OTLP.
/// </summary>
internal static class TelemetrySetup
{
    public const string MetricsPath = "/metrics";

    /// <summary>
    /// <c>KubeIdP.*</c> are the server's own; the others cover requests by route, connections, the database's pool and the runtime.
    /// </summary>
    private static readonly string[] Meters = ["KubeIdP.*", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql",
        "System.Runtime"];

    /// <summary>Registers nothing if metrics are not collected; an instrument without a listener costs nothing.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, ManagementOptions management)
    {
        if (!management.IsMeasured) return services;

        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource =>
                resource.AddService("kubeidp-server", serviceVersion: typeof(TelemetrySetup).Assembly.GetName().Version?.ToString(3)));
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(Meters);
            if (management.Listen is not null) metrics.AddPrometheusExporter();
        });
        if (management.OtlpEndpoint is { } endpoint) SendTo(new Uri(endpoint), telemetry);
        return services;
    }

    public static void UseMetricsPage(this IApplicationBuilder management) =>
        management.UseOpenTelemetryPrometheusScrapingEndpoint(MetricsPath);

    /// <summary>In a method of its own, so that the exporter's code is loaded only if a collector is configured.</summary>
    private static void SendTo(Uri collector, OpenTelemetryBuilder telemetry) => telemetry
        .WithMetrics(metrics => metrics.AddOtlpExporter(otlp => otlp.Endpoint = collector))
        // Spans must not contain the values of query parameters, which include codes and states. The library removes them by default.
        .WithTracing(traces => traces.AddAspNetCoreInstrumentation(requests => requests.Filter = http => !http.IsForManagement())
            .AddSource("Npgsql").AddOtlpExporter(otlp => otlp.Endpoint = collector));
}

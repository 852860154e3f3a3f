using KubeIdP.Server.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace KubeIdP.Server.Operations;

/// <summary>OpenTelemetry: what is measured here and in the libraries, for Prometheus at <see cref="MetricsPath"/> and for a collector over OTLP.</summary>
internal static class TelemetrySetup
{
    public const string MetricsPath = "/metrics";

    /// <summary>Our own are <c>KubeIdP.*</c>; the others name requests by route, connections, the database's pool and the runtime.</summary>
    private static readonly string[] Meters = ["KubeIdP.*", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql", "System.Runtime"];

    /// <summary>Nothing at all where nobody listens: an instrument without a listener costs nothing.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, ManagementOptions management)
    {
        if (!management.IsMeasured) return services;

        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("kubeidp-server", serviceVersion: typeof(TelemetrySetup).Assembly.GetName().Version?.ToString(3)));
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(Meters);
            if (management.Listen is not null) metrics.AddPrometheusExporter();
        });
        if (management.OtlpEndpoint is { } endpoint) SendTo(new Uri(endpoint), telemetry);
        return services;
    }

    public static void UseMetricsPage(this IApplicationBuilder management) => management.UseOpenTelemetryPrometheusScrapingEndpoint(MetricsPath);

    /// <summary>Apart from the rest, so that the exporter's code is loaded only where it has somewhere to send to.</summary>
    private static void SendTo(Uri collector, OpenTelemetryBuilder telemetry) => telemetry
        .WithMetrics(metrics => metrics.AddOtlpExporter(otlp => otlp.Endpoint = collector))
        // The values of a query are not in a span: codes and states travel there. The library takes them out by itself.
        .WithTracing(traces => traces.AddAspNetCoreInstrumentation(requests => requests.Filter = http => !http.IsForManagement())
            .AddSource("Npgsql").AddOtlpExporter(otlp => otlp.Endpoint = collector));
}

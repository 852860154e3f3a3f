using KubeIdP.Data.Storage;
using KubeIdP.Server.Hosting;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Operations;

/// <summary>What the platform needs: health checks, metrics, and a stop that fails no request.</summary>
internal static class OperationsSetup
{
    /// <summary>The maximum time of a stop: draining, and the requests that are still in progress.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    public static IServiceCollection AddOperations(this IServiceCollection services, ManagementOptions management)
    {
        services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTimeout);
        services.AddSingleton<Draining>();
        services.AddHostedService(provider => provider.GetRequiredService<Draining>());
        services.AddSingleton<DatabaseProbe>();
        services.AddSingleton<Readiness>();
        if (management.Listen is not null) services.AddHostedService<ThreadReserve>();
        if (management.IsMeasured)
        {
            services.AddInstruments<RequestMetrics>();
            services.AddHostedService<ReadinessMonitor>();
            services.AddSingleton<StateMetrics>();
            services.AddHostedService(provider => provider.GetRequiredService<StateMetrics>());
        }

        return services.AddTelemetry(management);
    }
}

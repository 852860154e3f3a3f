using KubeIdP.Data.Storage;
using KubeIdP.Server.Hosting;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Operations;

/// <summary>What the platform and those who run it ask: health, numbers, and a stop that nobody notices.</summary>
internal static class OperationsSetup
{
    /// <summary>A stop: the draining, and then what is still being answered.</summary>
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(30);

    public static IServiceCollection AddOperations(this IServiceCollection services, ManagementOptions management)
    {
        services.Configure<HostOptions>(host => host.ShutdownTimeout = LongestStop);
        services.AddSingleton<Draining>().AddHostedService(provider => provider.GetRequiredService<Draining>());
        services.AddSingleton<DatabaseProbe>().AddSingleton<Readiness>();
        if (management.Listen is not null) services.AddHostedService<ThreadReserve>();
        if (management.IsMeasured)
        {
            services.AddInstruments<RequestMetrics>().AddHostedService<ReadinessMonitor>();
            services.AddSingleton<StateMetrics>().AddHostedService(provider => provider.GetRequiredService<StateMetrics>());
        }

        return services.AddTelemetry(management);
    }
}

using KubeIdP.Connectors;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.People;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Upstreams;

/// <summary>
/// The configured upstreams, and how an account of one becomes a person. The connectors are in KubeIdP.Connectors; local accounts are the
/// feature Accounts.
/// </summary>
internal static class UpstreamsSetup
{
    /// <param name="services">The service collection.</param>
    /// <param name="upstreams">By name, in the order of the login page; their options are valid.</param>
    public static IServiceCollection AddUpstreams(this IServiceCollection services, IReadOnlyDictionary<string, UpstreamOptions> upstreams)
    {
        foreach (var (name, options) in upstreams)
        {
            var prefixes = UpstreamRules.PrefixesBeside(name, upstreams);
            services.AddSingleton(provider => new ConfiguredConnector(
                UpstreamKinds.Connect(new ConnectorId(name), options, prefixes, provider.GetRequiredService<TimeProvider>()),
                options.Domains));
        }

        return services
            .AddSingleton<ConnectorCatalog>()
            .AddInstruments<UpstreamMetrics>()
            .AddSingleton<UpstreamRemarks>()
            .AddSingleton<UpstreamEvents>()
            .AddSingleton<UpstreamPeople>()
            .AddScoped<SubjectLinker>();
    }

    /// <summary>Registers what only a running server does.</summary>
    /// <param name="services">The service collection.</param>
    /// <param name="isMeasured">Whether metrics are collected; otherwise no upstream is asked for what only a metric shows.</param>
    public static IServiceCollection AddUpstreamMonitors(this IServiceCollection services, bool isMeasured)
    {
        if (isMeasured) services.AddHostedService<ServicePasswordMonitor>();
        return services.AddHostedService<UpstreamServerMonitor>();
    }

    /// <summary>Logs at each start which upstreams are used without TLS.</summary>
    public static void WarnOfPlainText(this ILogger logger, IReadOnlyDictionary<string, UpstreamOptions> upstreams)
    {
        foreach (var (name, _) in upstreams.Where(upstream => UpstreamKinds.AllowsPlainText(upstream.Value)))
            logger.PlainTextAllowed(name);
    }
}

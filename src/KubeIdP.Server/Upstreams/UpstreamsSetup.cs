using KubeIdP.Connectors;
using KubeIdP.Connectors.Ldap;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.People;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Upstreams;

/// <summary>
/// The places where accounts live, as the configuration lists them, and how an account of one becomes a person of ours. The connectors are in
/// KubeIdP.Connectors; our own accounts are the feature Accounts.
/// </summary>
internal static class UpstreamsSetup
{
    /// <param name="services">Where the features are listed.</param>
    /// <param name="upstreams">By name, in the order in which the login page offers them; without fault.</param>
    public static IServiceCollection AddUpstreams(this IServiceCollection services, IReadOnlyDictionary<string, UpstreamOptions> upstreams)
    {
        foreach (var (name, options) in upstreams)
        {
            var prefixes = UpstreamRules.PrefixesBeside(name, upstreams);
            services.AddSingleton(provider => new ConfiguredConnector(
                UpstreamKinds.Connect(new ConnectorId(name), options, prefixes, provider.GetRequiredService<TimeProvider>()), options.Domains));
        }

        return services.AddSingleton<ConnectorCatalog>().AddInstruments<UpstreamMetrics>().AddSingleton<UpstreamRemarks>().AddSingleton<UpstreamEvents>()
            .AddSingleton<UpstreamPeople>().AddScoped<SubjectLinker>();
    }

    /// <summary>What only a running server does.</summary>
    public static IServiceCollection AddUpstreamMonitors(this IServiceCollection services) =>
        services.AddHostedService<UpstreamServerMonitor>().AddHostedService<ServicePasswordMonitor>();

    /// <summary>Says at each start what somebody has allowed and should not forget.</summary>
    public static void WarnOfPlainText(this ILogger logger, IReadOnlyDictionary<string, UpstreamOptions> upstreams)
    {
        foreach (var (name, _) in upstreams.Where(upstream => upstream.Value is LdapOptions { PlainText: PlainText.Everywhere }))
            logger.PlainTextAllowed(name);
    }
}

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
    /// <param name="directories">By name, in the order in which the login page offers them; without fault.</param>
    public static IServiceCollection AddUpstreams(this IServiceCollection services, IReadOnlyDictionary<string, LdapOptions> directories)
    {
        foreach (var (name, options) in directories)
            services.AddSingleton(provider => new ConfiguredConnector(
                LdapConnector.Create(new ConnectorId(name), options, UpstreamRules.PrefixesBeside(name, directories), provider.GetRequiredService<TimeProvider>()), options.Domains));

        return services.AddSingleton<ConnectorCatalog>().AddInstruments<UpstreamMetrics>().AddSingleton<UpstreamRemarks>().AddSingleton<UpstreamEvents>()
            .AddSingleton<UpstreamPeople>().AddScoped<SubjectLinker>();
    }

    /// <summary>What only a running server does.</summary>
    public static IServiceCollection AddUpstreamMonitors(this IServiceCollection services) =>
        services.AddHostedService<UpstreamServerMonitor>().AddHostedService<ServicePasswordMonitor>();

    /// <summary>Says at each start what somebody has allowed and should not forget.</summary>
    public static void WarnOfPlainText(this ILogger logger, IReadOnlyDictionary<string, LdapOptions> directories)
    {
        foreach (var (name, _) in directories.Where(directory => directory.Value.PlainText == PlainText.Everywhere))
            logger.PlainTextAllowed(name);
    }
}

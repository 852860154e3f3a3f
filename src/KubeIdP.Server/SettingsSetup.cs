using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Hosting;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server;

/// <summary>Registers each feature's part of the configuration. No feature sees the whole.</summary>
internal static class SettingsSetup
{
    /// <param name="services">The service collection.</param>
    /// <param name="settings">Valid settings, with all defaults filled in.</param>
    public static IServiceCollection AddSettings(this IServiceCollection services, Settings settings) => services
        .AddSingleton(new IssuerUrl(settings.Issuer))
        .AddSingleton(new DataDirectory(settings.DataDirectory))
        .AddSingleton(new ListenUrls(settings.Listen))
        .AddSingleton(new TrustedProxies(settings.Proxies))
        .AddSingleton(new ClientCatalog(settings.Clusters, settings.Clients, settings.Cli))
        .AddSingleton(settings.Upstreams)
        .AddSingleton(_ => MasterKeyFile.Of(settings.MasterKeyFile, settings.Database, settings.DataDirectory))
        .AddSingleton(settings.Management)
        .AddSingleton(settings.Database)
        .AddSingleton(settings.Tls)
        .AddSingleton(settings.Tokens)
        .AddSingleton(settings.Sessions)
        .AddSingleton(settings.Enrolment)
        .AddSingleton(settings.Smtp)
        .AddSingleton(settings.Admin)
        .AddSingleton(settings.Audit)
        .AddSingleton(settings.PersonalData)
        .AddSingleton(settings.Brand)
        .AddSingleton(settings.BackChannelLogout)
        .AddSingleton(settings.DeviceCode);
}

using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Hosting;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server;

/// <summary>Gives each feature its own part of the configuration. None of them sees the whole.</summary>
internal static class SettingsSetup
{
    /// <param name="services">Where the features are listed.</param>
    /// <param name="settings">Without fault, with every default filled in.</param>
    public static IServiceCollection AddSettings(this IServiceCollection services, Settings settings) => services
        .AddSingleton(new IssuerUrl(settings.Issuer))
        .AddSingleton(new DataDirectory(settings.DataDirectory))
        .AddSingleton(new ListenUrls(settings.Listen))
        .AddSingleton(new TrustedProxies(settings.Proxies))
        .AddSingleton(new ClientCatalog(settings.Clients))
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
        .AddSingleton(settings.BackChannelLogout);
}

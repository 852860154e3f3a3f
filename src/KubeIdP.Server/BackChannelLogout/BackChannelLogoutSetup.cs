using KubeIdP.Data.Sessions;
using KubeIdP.Server.Runtime;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace KubeIdP.Server.BackChannelLogout;

/// <summary>
/// OpenID Connect Back-Channel Logout 1.0: notifies web clients that have configured it of each session that has ended, for whatever
/// reason.
/// </summary>
internal static class BackChannelLogoutSetup
{
    public static IServiceCollection AddBackChannelLogout(this IServiceCollection services)
    {
        services.AddOpenIddict()
            .AddServer(server =>
                server.AddEventHandler<HandleConfigurationRequestContext>(handler => handler.UseSingletonHandler<LogoutDiscovery>()));
        return services
            .AddSingleton<LogoutStore>()
            .AddSingleton<LogoutTokens>()
            .AddSingleton<LogoutCalls>()
            .AddInstruments<LogoutMetrics>()
            .AddHostedService<LogoutDelivery>();
    }
}

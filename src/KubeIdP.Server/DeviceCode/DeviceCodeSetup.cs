using KubeIdP.Data.DeviceCodes;
using KubeIdP.Server.Runtime;
using Microsoft.Extensions.Options;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Server.OpenIddictServerEvents;
using static OpenIddict.Server.OpenIddictServerHandlers;

namespace KubeIdP.Server.DeviceCode;

/// <summary>
/// Signs in a machine without a browser (RFC 8628): its request, its polls, the pages on which somebody approves it, and the deletion of
/// what has expired. Leaves the redemption of the grant to Tokens, and the login of the person to Authorize.
/// </summary>
internal static class DeviceCodeSetup
{
    public static IServiceCollection AddDeviceCode(this IServiceCollection services)
    {
        services.AddOpenIddict().AddServer(AddHandlers);
        return services
            .AddSingleton<UserCode>()
            .AddSingleton<DeviceDecisions>()
            .AddSingleton<ApprovalMail>()
            .AddInstruments<DeviceCodeMetrics>()
            .AddHostedService<DeviceCodePruning>()

            // After OpenIddict's own: see there.
            .AddSingleton<IPostConfigureOptions<OpenIddictServerOptions>, DeviceCodeFlow.Enable>();
    }

    private static void AddHandlers(OpenIddictServerBuilder server) => server
        .AddEventHandler<ProcessRequestContext>(handler => handler
            .UseSingletonHandler<DeviceCodeFlow.LeavePage>().SetOrder(InferEndpointType.Descriptor.Order + 1))
        .AddEventHandler<ValidateDeviceAuthorizationRequestContext>(handler => handler
            .UseSingletonHandler<DeviceCodeFlow.RefuseAdministration>()
            .SetOrder(Device.ValidateGrantTypePermissions.Descriptor.Order + 2))
        .AddEventHandler<HandleDeviceAuthorizationRequestContext>(handler => handler
            .UseSingletonHandler<DeviceCodeFlow.Start>())
        .AddEventHandler<ProcessSignInContext>(handler => handler
            .UseSingletonHandler<DeviceCodeFlow.WithoutUserCode>().SetOrder(EvaluateGeneratedTokens.Descriptor.Order + 2))
        .AddEventHandler<ApplyDeviceAuthorizationResponseContext>(handler => handler
            .UseSingletonHandler<DeviceCodeFlow.CompleteAnswer>()
            .SetOrder(OpenIddictServerAspNetCoreHandlers.AttachHttpResponseCode<ApplyDeviceAuthorizationResponseContext>.Descriptor.Order
                + 1))
        .AddEventHandler<HandleTokenRequestContext>(handler => handler
            .UseSingletonHandler<DeviceCodeGrantType>().SetOrder(Exchange.AttachPrincipal.Descriptor.Order + 4_000));
}

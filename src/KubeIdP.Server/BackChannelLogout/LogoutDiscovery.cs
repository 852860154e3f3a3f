using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace KubeIdP.Server.BackChannelLogout;

/// <summary>
/// Says in the discovery document that the issuer supports back-channel logout (OpenID Connect Back-Channel Logout 1.0 §2.1).
/// </summary>
internal sealed class LogoutDiscovery : IOpenIddictServerHandler<HandleConfigurationRequestContext>
{
    public ValueTask HandleAsync(HandleConfigurationRequestContext context)
    {
        context.Metadata["backchannel_logout_supported"] = true;
        context.Metadata["backchannel_logout_session_supported"] = true;
        return default;
    }
}

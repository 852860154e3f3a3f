using KubeIdP.Core.Factors;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Web;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace KubeIdP.Server.Issuer;

/// <summary>Adds to the discovery document what OpenIddict does not know.</summary>
internal sealed class DiscoveryDocument(ClientCatalog clients) : IOpenIddictServerHandler<HandleConfigurationRequestContext>
{
    public ValueTask HandleAsync(HandleConfigurationRequestContext context)
    {
        context.Metadata["acr_values_supported"] = new OpenIddictParameter([.. AuthenticationMethods.SupportedAcr]);
        context.Metadata[Metadata.UiLocalesSupported] = new OpenIddictParameter([.. Languages.All.Select(language => language.Name)]);

        // RFC 8414 §2: a public client uses the method "none", which OpenIddict does not list.
        if (clients.All.Any(client => client.IsPublic))
        {
            context.TokenEndpointAuthenticationMethods.Add(ClientAuthenticationMethods.None);
            context.RevocationEndpointAuthenticationMethods.Add(ClientAuthenticationMethods.None);
            if (clients.HasDeviceCode)
                context.DeviceAuthorizationEndpointAuthenticationMethods.Add(ClientAuthenticationMethods.None);
        }

        return default;
    }
}

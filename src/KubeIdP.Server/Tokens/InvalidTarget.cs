using KubeIdP.Server.Clients;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace KubeIdP.Server.Tokens;

/// <summary>
/// Refuses an exchange whose target is not exactly one cluster, with the error that RFC 8693 §2.2.2 has for it; OpenIddict has another one.
/// </summary>
internal sealed class InvalidTarget(ClientCatalog clients) : IOpenIddictServerHandler<ValidateTokenRequestContext>
{
    /// <summary>The registered name.</summary>
    public const string Error = "invalid_target";

    public ValueTask HandleAsync(ValidateTokenRequestContext context)
    {
        if (context.Request.IsTokenExchangeGrantType()
            && !(context.Request.GetAudiences() is [{ } audience] && context.Request.GetResources() is []
                && clients.FindCluster(audience) is not null))
            context.Reject(Error, "The audience must be the name of one cluster of this issuer, and there must be no resource.");
        return default;
    }
}

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
        if (!context.Request.IsTokenExchangeGrantType()) return default;

        if (context.Request.GetAudiences() is not [{ } audience] || context.Request.GetResources() is not [])
            context.Reject(Error, "The audience must be the name of one cluster, and there must be no resource.");
        else if (clients.FindCluster(audience) is null)
            context.Reject(Error, "There is no such cluster at this issuer.");
        return default;
    }
}

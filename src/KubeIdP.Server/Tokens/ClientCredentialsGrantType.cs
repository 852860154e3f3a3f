using KubeIdP.Server.Clients;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace KubeIdP.Server.Tokens;

/// <summary>
/// A token of a service for the administration's API (RFC 6749 §4.4), after OpenIddict has checked its proof and its scopes. There is no person behind it, and
/// no refresh token: its next one costs another proof.
/// </summary>
internal sealed class ClientCredentialsGrantType(ClientCatalog clients) : IOpenIddictServerHandler<HandleTokenRequestContext>
{
    public ValueTask HandleAsync(HandleTokenRequestContext context)
    {
        if (!context.Request.IsClientCredentialsGrantType()) return default;

        var client = clients.Find(context.ClientId)!;
        if (client.Options.Kind is not ClientKind.Service)
        {
            context.Reject(Errors.UnauthorizedClient, "This client signs people in, and nothing else.");
            return default;
        }

        var asked = context.Request.GetScopes();
        var service = new IssuedSubject.Service { Client = client, Scopes = asked is [] ? [.. client.Options.Scopes] : asked };
        service.Attach(context.Transaction);
        context.SignIn(service.Principal());
        return default;
    }
}

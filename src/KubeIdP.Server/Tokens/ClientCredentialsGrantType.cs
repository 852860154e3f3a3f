using KubeIdP.Server.Clients;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace KubeIdP.Server.Tokens;

/// <summary>
/// Issues a service a token for the administration API (RFC 6749 §4.4), after OpenIddict has checked its client assertion and scopes. There
/// is no person and no refresh token: the next token needs another assertion.
/// </summary>
internal sealed class ClientCredentialsGrantType(ClientCatalog clients) : IOpenIddictServerHandler<HandleTokenRequestContext>
{
    public ValueTask HandleAsync(HandleTokenRequestContext context)
    {
        if (!context.Request.IsClientCredentialsGrantType()) return default;

        var client = clients.Find(context.ClientId)!;
        if (client.Kind is not ClientKind.Service)
        {
            context.Reject(Errors.UnauthorizedClient, "This client may only sign people in.");
            return default;
        }

        var asked = context.Request.GetScopes();
        var service = new IssuedSubject.Service { Client = client, Scopes = asked is [] ? [.. client.Application!.Scopes] : asked };
        service.Attach(context.Transaction);
        context.SignIn(service.Principal());
        return default;
    }
}

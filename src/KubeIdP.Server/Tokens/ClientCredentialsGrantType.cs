using System.Security.Claims;
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
internal sealed class ClientCredentialsGrantType(ClientCatalog clients, Settings settings) : IOpenIddictServerHandler<HandleTokenRequestContext>
{
    private const string Marker = nameof(ClientCredentialsGrantType);

    /// <summary>Whether the request got this far.</summary>
    public static bool Issues(OpenIddictServerTransaction transaction) => transaction.GetProperty<string>(Marker) is not null;

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
        var principal = new ClaimsPrincipal(new ClaimsIdentity([new Claim(Claims.Subject, client.Id)], "service"));
        principal.SetScopes(asked is [] ? client.Options.Scopes : asked).SetAudiences(ApiScopes.Audience(settings)).SetAccessTokenLifetime(ApiScopes.TokenLifetime);
        context.Transaction.SetProperty(Marker, client.Id);
        context.SignIn(principal);
        return default;
    }
}

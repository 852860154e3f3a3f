using KubeIdP.Core.Identifiers;
using KubeIdP.Server.Clients;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace KubeIdP.Server.Tokens;

/// <summary>
/// Redeems a code, after OpenIddict has checked client, redirect URI and verifier: another client or a wrong verifier must not use it up.
/// </summary>
internal sealed class AuthorizationCodeGrantType(CodeRedemption redemption, ClientCatalog clients)
    : IOpenIddictServerHandler<HandleTokenRequestContext>
{
    public async ValueTask HandleAsync(HandleTokenRequestContext context)
    {
        if (!context.Request.IsAuthorizationCodeGrantType()) return;

        var code = context.AuthorizationCodePrincipal!;
        await redemption.RedeemAsync(context, new GrantId(code.GetClaim(TokenClaims.Grant)!), clients.Find(context.ClientId)!,
            CodeKind.Authorization, code.GetClaim(Claims.Private.Nonce));
    }
}

using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Web;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace KubeIdP.Server.Tokens;

/// <summary>Userinfo: the claims of the client's ID token with current values, while the grant is live.</summary>
internal sealed class DescribePerson(GrantStore grants, GrantUsability usability, ClientCatalog clients, IssuerUrl issuer)
    : IOpenIddictServerHandler<HandleUserInfoRequestContext>
{
    public async ValueTask HandleAsync(HandleUserInfoRequestContext context)
    {
        var http = context.Transaction.Http();
        var token = context.AccessTokenPrincipal!;
        var found = token.GetClaim(TokenClaims.Grant) is { } id ? await grants.ReadAsync(new GrantId(id), http.RequestAborted) : null;
        var check = await usability.JudgeAsync(found, http.RequestAborted);
        if (check is GrantCheck.Unknown)
        {
            context.Reject(Errors.TemporarilyUnavailable, GrantCheck.Unknown.Advice);
            return;
        }

        if (check is not GrantCheck.Usable(var grant) || clients.Find(grant.ClientId) is not { } client)
        {
            context.Reject(Errors.InvalidToken, "The session of this token has ended.");
            return;
        }

        context.Claims[Claims.Issuer] = issuer.Value;
        AnsweredClaims.Write(grant.Person, client, token.GetScopes(), context.Claims, context.Transaction);
    }
}

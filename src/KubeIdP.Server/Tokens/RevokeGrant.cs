using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Web;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace KubeIdP.Server.Tokens;

/// <summary>Revoking any token of a grant ends the grant (RFC 7009 §2.1); OpenIddict has already refused tokens of other clients.</summary>
internal sealed class RevokeGrant(GrantStore grants) : IOpenIddictServerHandler<HandleRevocationRequestContext>
{
    public async ValueTask HandleAsync(HandleRevocationRequestContext context)
    {
        if (context.GenericTokenPrincipal?.GetClaim(TokenClaims.Grant) is not { } grantId) return;

        var http = context.Transaction.Http();
        var audit = new NewAuditEvent(AuditEventType.GrantEnded)
        {
            PersonId = context.GenericTokenPrincipal.GetClaim(OpenIddictConstants.Claims.Subject), GrantId = grantId,
                ClientId = context.Request.ClientId,
            Address = http.Address(), Reference = http.Reference(), Detail = GrantEnd.Revoked,
        };
        await grants.EndAsync(new GrantId(grantId), new ClientId(context.Request.ClientId!), GrantEnd.Revoked, audit);
    }
}

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

/// <summary>
/// Introspection (RFC 7662), after OpenIddict has authenticated the caller and opened the token: whether an access token may be used now,
/// and about whom it is, with current values. Access tokens are opaque, so a resource server has no other way to know. Only a client that
/// the token is for gets an answer; everything else is "not active", without a reason (§2.2). Nothing is used up (decisions/0029).
/// </summary>
internal sealed class IntrospectToken(GrantStore grants, GrantUsability usability, ClientCatalog clients, IssuerUrl issuer)
    : IOpenIddictServerHandler<HandleIntrospectionRequestContext>
{
    public async ValueTask HandleAsync(HandleIntrospectionRequestContext context)
    {
        var http = context.Transaction.Http();
        var token = context.GenericTokenPrincipal!;

        // Before anything is read: OpenIddict also lets ID and refresh tokens through, and tokens that are for nobody in particular.
        if (clients.Find(context.Request.ClientId) is not { IsPublic: false } caller
            || !token.HasTokenType(TokenTypeIdentifiers.AccessToken) || !token.HasAudience(caller.Id)
            || token.GetClaim(TokenClaims.Grant) is not { } id)
        {
            RefuseInactive(context);
            return;
        }

        var found = await grants.ReadAsync(new GrantId(id), http.RequestAborted);
        var check = await usability.JudgeAsync(found, http.RequestAborted);
        if (check is GrantCheck.Unknown)
        {
            context.Reject(Errors.TemporarilyUnavailable, GrantCheck.Unknown.Advice);
            return;
        }

        // The configuration may have changed since the token was issued, and the person may have left the groups that may use either of the
        // two since.
        if (check is not GrantCheck.Usable(var grant) || clients.Find(grant.ClientId) is not { } holder
            || !holder.Audiences.Contains(caller.Id)
            || holder.AccessRefusalOf(grant) is not null || caller.AccessRefusalOf(grant.Person) is not null)
        {
            RefuseInactive(context);
            return;
        }

        // RFC 7662 §2.2. OpenIddict has set subject, audiences, times and the client.
        (context.TokenUsage, context.NotBefore) = (null, null);
        context.Scopes.UnionWith(token.GetScopes());
        context.Claims[Claims.Issuer] = issuer.Value;
        AnsweredClaims.Write(grant.Person, caller, token.GetScopes(), context.Claims, context.Transaction);

        // The same name as preferred_username, and so only with the scope that allows it.
        if (context.Claims.TryGetValue(Claims.PreferredUsername, out var name)) context.Username = (string?)name;
    }

    private static void RefuseInactive(HandleIntrospectionRequestContext context) =>
        context.Reject(Errors.InvalidToken, "The token is not active.");
}

using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Web;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace KubeIdP.Server.Tokens;

/// <summary>
/// Exchanges a login of the program kubeidp for the tokens of a cluster (RFC 8693), so that one login serves every cluster that the person
/// may use. The subject token is the login's own access token for <see cref="ApiScopes.Self"/>. The answer is the ID token that the API
/// server accepts, and a refresh token of the cluster's client: from then on a token costs the same refresh as after a login there.
/// Everything that a login at the cluster checks is checked here.
/// </summary>
internal sealed class TokenExchangeGrantType(
    GrantStore grants, GrantUsability usability, TokenContent content, ClientCatalog clients, TokenMetrics metrics, IssuerUrl issuer,
    TimeProvider clock)
    : IOpenIddictServerHandler<HandleTokenRequestContext>
{
    public async ValueTask HandleAsync(HandleTokenRequestContext context)
    {
        if (!context.Request.IsTokenExchangeGrantType()) return;

        // OpenIddict has checked that the client may use this grant type, and opened the subject token.
        var subject = context.SubjectTokenPrincipal;
        if (context.Request.SubjectTokenType is not TokenTypeIdentifiers.AccessToken || subject is null
            || !subject.HasAudience(ApiScopes.SelfAudience(issuer)) || subject.GetClaim(TokenClaims.Grant) is not { } parentId)
        {
            context.Reject(Errors.InvalidRequest, $"The subject_token is no access token with the scope {ApiScopes.Self}.");
            return;
        }

        if (context.Request is not { ActorToken: null, ActorTokenType: null })
        {
            context.Reject(Errors.InvalidRequest, "An actor_token is not supported.");
            return;
        }

        // RFC 8693 §2.1 allows several audiences. A token for two clusters could be used by the API server of one at the other, so
        // InvalidTarget has refused such a request.
        var cluster = clients.FindCluster(context.Request.GetAudiences().Single())!;

        var http = context.Transaction.Http();
        var snapshot = await grants.ReadAsync(new GrantId(parentId), http.RequestAborted);
        var check = await usability.JudgeAsync(snapshot, http.RequestAborted);
        if (check is GrantCheck.Unknown)
        {
            context.Reject(Errors.TemporarilyUnavailable, GrantCheck.Unknown.Advice);
            return;
        }

        if (check is not GrantCheck.Usable(var parent) || parent.ClientId != new ClientId(context.ClientId!))
        {
            new TokenRefusal(snapshot).Reject(context, check is GrantCheck.Over(var advice) ? advice : OverAdvice.Unknown);
            return;
        }

        if (cluster.AccessRefusalOf(parent) is { } noAccess)
        {
            // RFC 8693 §2.2.2: the login stays good, so this is no invalid_grant, for which the program would discard it.
            metrics.AccessRefused(cluster.Id);
            new TokenRefusal(parent).Reject(context, noAccess, InvalidTarget.Error);
            return;
        }

        // As the grant of the cluster would be read; its id is not known before it is opened.
        var grant = parent with { ClientId = cluster.Id, Scopes = Scopes.OpenId };
        if (await content.RefusalAsync(grant, cluster, http.RequestAborted) is { } tooLarge)
        {
            context.Reject(Errors.InvalidRequest, tooLarge);
            return;
        }

        // After the directory look-up, which may be slow, and before the statement that dates the tokens.
        MachineTime asked = default;
        var newId = new GrantId(Guid.CreateVersion7(clock.GetUtcNow()).ToString("N"));
        var audit = new NewAuditEvent(AuditEventType.GrantOpened)
        {
            PersonId = parent.Person.Id, SessionId = parent.SessionId, GrantId = newId, ClientId = cluster.Id, Address = http.Address(),
                Reference = http.Reference(), Detail = "exchanged",
        };
        if (await grants.ExchangeAsync(parent.GrantId, parent.SessionId, cluster.Id, grant.Scopes, newId, audit,
                before: () => asked = MachineTime.Take(clock)) is not { } opened)
        {
            new TokenRefusal(parent).Reject(context, OverAdvice.Unknown);
            return;
        }

        var person = new IssuedSubject.Person(grant with { GrantId = opened.Id }, opened.Generation, new IssueTime(opened.At, asked))
        {
            Client = cluster, Scopes = TokenClaims.ScopesOf(grant),
        };
        person.Attach(context.Transaction);
        context.SignIn(person.Principal());
    }
}

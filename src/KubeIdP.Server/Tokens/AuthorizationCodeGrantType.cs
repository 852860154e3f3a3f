using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Web;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace KubeIdP.Server.Tokens;

/// <summary>
/// Redeems a code, after OpenIddict has checked client, redirect URI and verifier: another client or a wrong verifier must not use it up.
/// </summary>
internal sealed class AuthorizationCodeGrantType(
    GrantStore grants, GrantUsability usability, IdTokenSize size, GroupsLeftOut leftOut, ClientCatalog clients, TokenMetrics metrics,
    TimeProvider clock, ILogger<AuthorizationCodeGrantType> log)
    : IOpenIddictServerHandler<HandleTokenRequestContext>
{
    public async ValueTask HandleAsync(HandleTokenRequestContext context)
    {
        if (!context.Request.IsAuthorizationCodeGrantType()) return;

        var http = context.Transaction.Http();
        var code = context.AuthorizationCodePrincipal!;
        var (grantId, client) = (new GrantId(code.GetClaim(TokenClaims.Grant)!), clients.Find(context.ClientId)!);

        var snapshot = await grants.ReadAsync(grantId, http.RequestAborted);
        var check = await usability.JudgeAsync(snapshot, http.RequestAborted);
        if (check is not GrantCheck.Usable(var grant))
        {
            if (check is GrantCheck.Over(var advice))
            {
                new TokenRefusal(snapshot).Attach(context.Transaction);
                context.Reject(Errors.InvalidGrant, advice);
            }
            else
            {
                context.Reject(Errors.TemporarilyUnavailable, GrantCheck.Unknown.Advice);
            }

            return;
        }

        // A code that has been used is a copy, also in the hands of somebody who has left the group: below.
        if (client.AccessRefusalOf(grant.Person) is { } noAccess && !grant.IsRedeemed)
        {
            metrics.AccessRefused(client.Id);
            new TokenRefusal(grant).Attach(context.Transaction);
            context.Reject(Errors.InvalidGrant, noAccess);
            return;
        }

        await leftOut.ReportAsync(grant, client, http.RequestAborted);
        if (await size.RefusalAsync(grant, client, http.RequestAborted) is { } tooLarge)
        {
            context.Reject(Errors.InvalidRequest, tooLarge);
            return;
        }

        // After the directory look-up, which may be slow, and before the UPDATE, which sees every revocation until then.
        var asked = MachineTime.Take(clock);
        if (await grants.RedeemCodeAsync(grantId, client.Id) is not { } redeemedAt)
        {
            // RFC 6749 §4.1.2: a code that is presented twice was copied, and the tokens of the first use may be in the wrong hands.
            var replay = new NewAuditEvent(AuditEventType.CodeReplayed)
            {
                PersonId = grant.Person.Id, SessionId = grant.SessionId, GrantId = grantId, ClientId = client.Id, Address = http.Address(),
                    Reference = http.Reference(),
            };
            var ended = await grants.EndAsync(grantId, client.Id, GrantEnd.CodeReplay, replay);
            if (ended) log.CodeReplayed(grantId, client.Id);
            new TokenRefusal(grant) { IsRecorded = ended }.Attach(context.Transaction);
            context.Reject(Errors.InvalidGrant, "This code has been used before. Sign in again.");
            return;
        }

        var person = new IssuedSubject.Person(grant, Generation: 1, new IssueTime(redeemedAt, asked))
        {
            Client = client, Scopes = TokenClaims.ScopesOf(grant), Nonce = code.GetClaim(Claims.Private.Nonce),
        };
        person.Attach(context.Transaction);
        context.SignIn(person.Principal());
    }
}

using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Web;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace KubeIdP.Server.Tokens;

/// <summary>
/// Redeems the grant of a code, once: everything that can fail comes before the one conditional UPDATE whose affected row decides. It is
/// called after all checks of the client.
/// </summary>
internal sealed class CodeRedemption(
    GrantStore grants, GrantUsability usability, TokenContent content, TokenMetrics metrics, TimeProvider clock,
    ILogger<CodeRedemption> log)
{
    /// <param name="context">Receives the tokens or the error.</param>
    /// <param name="grantId">The grant of the code.</param>
    /// <param name="client">The client that has authenticated, or is public and named in the code.</param>
    /// <param name="kind">What kind of code it is.</param>
    /// <param name="nonce">For the ID token; null: none.</param>
    public async Task<CodeUse> RedeemAsync(HandleTokenRequestContext context, GrantId grantId, Client client, CodeKind kind, string? nonce)
    {
        var http = context.Transaction.Http();
        var snapshot = await grants.ReadAsync(grantId, http.RequestAborted);
        var check = await usability.JudgeAsync(snapshot, http.RequestAborted);
        if (check is not GrantCheck.Usable(var grant))
        {
            if (check is GrantCheck.Over(var advice))
            {
                new TokenRefusal(snapshot).Reject(context, advice);
            }
            else
            {
                context.Reject(Errors.TemporarilyUnavailable, GrantCheck.Unknown.Advice);
            }

            return CodeUse.Refused;
        }

        // A code that has been used is a copy, also in the hands of somebody who has left the group: below.
        if (client.AccessRefusalOf(grant) is { } noAccess && !grant.IsRedeemed)
        {
            metrics.AccessRefused(client.Id);
            new TokenRefusal(grant).Reject(context, noAccess);
            return CodeUse.Refused;
        }

        if (await content.RefusalAsync(grant, client, http.RequestAborted) is { } tooLarge)
        {
            context.Reject(Errors.InvalidRequest, tooLarge);
            return CodeUse.Refused;
        }

        // After the directory look-up, which may be slow, and before the UPDATE, which sees every revocation until then.
        var asked = MachineTime.Take(clock);
        if (await grants.RedeemCodeAsync(grantId, client.Id) is not { } redeemedAt)
        {
            // RFC 6749 §4.1.2: a code that is presented twice was copied, and the tokens of the first use may be in the wrong hands.
            var replay = new NewAuditEvent(kind.ReplayEvent)
            {
                PersonId = grant.Person.Id, SessionId = grant.SessionId, GrantId = grantId, ClientId = client.Id, Address = http.Address(),
                    Reference = http.Reference(),
            };
            var ended = await grants.EndAsync(grantId, client.Id, GrantEnd.CodeReplay, replay);
            if (ended) log.CodeReplayed(grantId, client.Id);
            new TokenRefusal(grant) { IsRecorded = ended }.Reject(context, kind.ReplayAdvice);
            return CodeUse.Replayed;
        }

        var person = new IssuedSubject.Person(grant, Generation: 1, new IssueTime(redeemedAt, asked))
        {
            Client = client, Scopes = TokenClaims.ScopesOf(grant), Nonce = nonce,
        };
        person.Attach(context.Transaction);
        context.SignIn(person.Principal());
        return CodeUse.Redeemed;
    }
}

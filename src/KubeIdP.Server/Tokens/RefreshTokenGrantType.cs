using System.Globalization;
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
/// The hot path: every active kubectl refreshes once a minute. Everything that can fail happens before the one UPDATE, so that an outage
/// costs nobody a session; after it, tokens are only signed and protected.
/// </summary>
internal sealed class RefreshTokenGrantType(
    GrantStore grants, AuditLog auditLog, GrantUsability usability, TokenContent content, ClientCatalog clients, TokenMetrics metrics,
    TimeProvider clock, ILogger<RefreshTokenGrantType> log)
    : IOpenIddictServerHandler<HandleTokenRequestContext>
{
    public async ValueTask HandleAsync(HandleTokenRequestContext context)
    {
        if (!context.Request.IsRefreshTokenGrantType()) return;

        var http = context.Transaction.Http();
        var presented = context.RefreshTokenPrincipal!;
        var (grantId, client) = (new GrantId(presented.GetClaim(TokenClaims.Grant)!), clients.Find(context.ClientId)!);
        var generation = int.Parse(presented.GetClaim(TokenClaims.Generation)!, NumberStyles.None, CultureInfo.InvariantCulture);

        var snapshot = await grants.ReadAsync(grantId, http.RequestAborted);
        var check = await usability.JudgeAsync(snapshot, http.RequestAborted);
        if (check is not GrantCheck.Usable(var grant))
        {
            if (check is GrantCheck.Over(var advice))
            {
                log.RefreshRefused(grantId, client.Id, advice);
                metrics.Refreshed("over");
                new TokenRefusal(snapshot).Reject(context, advice);
            }
            else
            {
                log.RefreshPostponed(grantId, client.Id);
                metrics.Refreshed("postponed");
                context.Reject(Errors.TemporarilyUnavailable, GrantCheck.Unknown.Advice);
            }

            return;
        }

        // The grant stays as it is: a mistyped group must end nothing, and its correction must help everybody at once. A token that was
        // replaced long ago is a copy all the same, so it goes on to the statement that ends the grant.
        var noAccess = client.AccessRefusalOf(grant);
        if (noAccess is not null && generation >= grant.PreviousGeneration)
        {
            RefuseAccess(context, grant, client, noAccess);
            return;
        }

        if (await content.RefusalAsync(grant, client, http.RequestAborted) is { } tooLarge)
        {
            metrics.Refreshed("too_large");
            context.Reject(Errors.InvalidRequest, tooLarge);
            return;
        }

        // After the directory look-up, which may be slow, and before the UPDATE, which sees every revocation until then.
        MachineTime asked = default;
        if (await grants.RotateAsync(grantId, client.Id, generation, before: () => asked = MachineTime.Take(clock)) is not { } use)
        {
            log.RefreshRefused(grantId, client.Id, OverAdvice.Unknown);
            metrics.Refreshed("over");
            new TokenRefusal(grant).Reject(context, OverAdvice.Unknown);
            return;
        }

        metrics.Refreshed(OutcomeOf(use.Verdict));
        if (use.Verdict is GrantVerdict.Replayed)
        {
            log.RefreshReplayed(grantId, client.Id, generation);
            await RecordAsync(AuditEventType.RefreshReplayed, grant, generation, http);
            new TokenRefusal(grant) { IsRecorded = true }.Reject(context,
                "This refresh token was replaced long ago, so a copy of it may be in use elsewhere. The session with this client has "
                + "been ended. Sign in again.");
            return;
        }

        if (noAccess is not null)
        {
            RefuseAccess(context, grant, client, noAccess);
            return;
        }

        if (use.Verdict is GrantVerdict.LostAnswer)
        {
            log.RefreshLostAnswer(grantId, client.Id, generation);
            await RecordAsync(AuditEventType.RefreshLostAnswer, grant, generation, http);
        }

        if (use.Verdict is GrantVerdict.LostWrite)
        {
            log.RefreshLostWrite(grantId, client.Id, generation);
            await RecordAsync(AuditEventType.RefreshLostWrite, grant, generation, http);
        }

        // OpenIddict has checked that a refresh requests no more than was granted.
        var scopes = context.Request.GetScopes() is { Length: > 0 } narrower ? narrower : TokenClaims.ScopesOf(grant);
        var person = new IssuedSubject.Person(grant, use.Generation, new IssueTime(use.At, asked)) { Client = client, Scopes = scopes };
        person.Attach(context.Transaction);
        context.SignIn(person.Principal());
    }

    private void RefuseAccess(HandleTokenRequestContext context, GrantSnapshot grant, Client client, string advice)
    {
        log.RefreshRefused(grant.GrantId, client.Id, "the person is in none of the groups that may use it");
        metrics.Refreshed("no_access");
        metrics.AccessRefused(client.Id);
        new TokenRefusal(grant).Reject(context, advice);
    }

    private static string OutcomeOf(GrantVerdict verdict) => verdict switch
    {
        GrantVerdict.Rotated => "rotated",
        GrantVerdict.Repeated => "repeated",
        GrantVerdict.LostAnswer => "lost_answer",
        GrantVerdict.LostWrite => "lost_write",
        GrantVerdict.Replayed => "replayed",
        _ => throw new InvalidOperationException("The rotation gave an unknown verdict."),
    };

    private Task RecordAsync(string type, GrantSnapshot grant, int generation, HttpContext http) =>
        auditLog.AppendAsync(
            new NewAuditEvent(type)
            {
                PersonId = grant.Person.Id, SessionId = grant.SessionId, GrantId = grant.GrantId, ClientId = grant.ClientId,
                Address = http.Address(), Reference = http.Reference(),
                Detail = string.Create(CultureInfo.InvariantCulture, $"generation {generation}"),
            },
            CancellationToken.None);
}

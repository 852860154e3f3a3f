using System.Collections.Immutable;
using System.Text.Json;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;

namespace KubeIdP.Server.Tokens;

/// <summary>
/// Refuses tokens that would be too large, before anything is used up. Groups are never left out to make a token smaller, because the
/// person would have other rights than theirs.
/// </summary>
internal sealed class IdTokenSize(TokenOptions options, TokenMetrics metrics, AuditLog audit, TimeProvider clock, ILogger<IdTokenSize> log)
{
    // Header, RSA signature, times, ids and amr: a generous estimate of everything that does not depend on the person.
    private const int Fixed = 1_400;

    // The audit log records it once an hour per person; this many people are remembered for that.
    private const int MaxRemembered = 10_000;

    private readonly Lock sync = new();
    private readonly HashSet<string> reported = new(StringComparer.Ordinal);
    private long hour;

    /// <summary>The size in bytes of the person's ID token for this client; never less than the actual size.</summary>
    public static int Estimate(PersonSnapshot person, Client client, ImmutableArray<string> scopes) =>
        Fixed + JsonSerializer.SerializeToUtf8Bytes(TokenClaims.PersonClaims(person, client, scopes)
            .ToDictionary(claim => claim.Name, claim => claim.Value)).Length * 4 / 3;

    /// <summary>Null if the token is small enough, otherwise the message for the person at the terminal.</summary>
    /// <param name="person">The person's current data.</param>
    /// <param name="client">The client of the token.</param>
    /// <param name="scopes">The granted scopes.</param>
    /// <param name="sessionId">For the audit log; null while there is none.</param>
    /// <param name="grantId">For the audit log; null while there is none.</param>
    /// <param name="ct">Nothing is used up by this call.</param>
    public async Task<string?> RefusalAsync(PersonSnapshot person, Client client, ImmutableArray<string> scopes, SessionId? sessionId,
        GrantId? grantId, CancellationToken ct)
    {
        var (size, limit) = (Estimate(person, client, scopes), options.MaxIdTokenSize);
        metrics.IdTokenSize(client.Id, size, limit);
        if (size > limit * 3 / 4 && IsNew($"{person.Id} {client.Id} {size > limit}"))
        {
            log.IdTokenLarge(person.Id, client.Id, size, limit, client.Key);
            await audit.AppendAsync(new NewAuditEvent(size > limit ? AuditEventType.TokenTooLarge : AuditEventType.TokenLarge)
            {
                PersonId = person.Id, SessionId = sessionId, GrantId = grantId, ClientId = client.Id,
                    Detail = $"{person.Groups.Count} groups, {size} of {limit} bytes",
            }, ct);
        }

        return size <= limit
            ? null
            : $"The account is in too many groups for one token: about {size} bytes, and {limit} are allowed. Ask an administrator to "
                + $"let fewer of them into the tokens of {client.Id} ({client.Key}.groups).";
    }

    private bool IsNew(string report)
    {
        lock (sync)
        {
            var now = clock.GetUtcNow().ToUnixTimeSeconds() / 3600;
            if (now != hour || reported.Count >= MaxRemembered) reported.Clear();
            hour = now;
            return reported.Add(report);
        }
    }
}

using System.Collections.Immutable;
using System.Text.Json;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;

namespace KubeIdP.Server.Tokens;

/// <summary>
/// Refuses what would become too large a token, before anything is used up. Nothing is ever left out of a token instead: a person without some of their
/// groups would have other rights than theirs.
/// </summary>
internal sealed class IdTokenSize(TokenOptions options, TokenMetrics metrics, AuditLog audit, TimeProvider clock, ILogger<IdTokenSize> log)
{
    // Header, signature of an RSA key, times, ids and amr: a generous measure of all that doesn't depend on the person.
    private const int Fixed = 1_400;

    // The audit says it once an hour of a person, and forgets beyond so many.
    private const int MaxRemembered = 10_000;

    private readonly Lock gate = new();
    private readonly HashSet<string> told = new(StringComparer.Ordinal);
    private long hour;

    /// <summary>The size of the person's ID token at this client in bytes, never less than it will be.</summary>
    public static int Estimate(PersonSnapshot person, Client client, ImmutableArray<string> scopes) =>
        Fixed + JsonSerializer.SerializeToUtf8Bytes(TokenClaims.PersonClaims(person, client, scopes).ToDictionary(claim => claim.Name, claim => claim.Value)).Length * 4 / 3;

    /// <inheritdoc cref="RefusalAsync(PersonSnapshot, Client, ImmutableArray{string}, SessionId?, GrantId?, CancellationToken)"/>
    public Task<string?> RefusalAsync(GrantSnapshot grant, Client client, CancellationToken ct) =>
        RefusalAsync(grant.Person, client, TokenClaims.ScopesOf(grant), grant.SessionId, grant.GrantId, ct);

    /// <summary>Null when the token is small enough, else what the person at the terminal should read.</summary>
    /// <param name="person">As they are now.</param>
    /// <param name="client">Whose token it is.</param>
    /// <param name="scopes">What it is granted.</param>
    /// <param name="sessionId">For the audit; null while there is none.</param>
    /// <param name="grantId">For the audit; null while there is none.</param>
    /// <param name="ct">Nothing is used up.</param>
    public async Task<string?> RefusalAsync(PersonSnapshot person, Client client, ImmutableArray<string> scopes, SessionId? sessionId, GrantId? grantId, CancellationToken ct)
    {
        var (size, limit) = (Estimate(person, client, scopes), options.MaxIdTokenSize);
        metrics.IdTokenSize(client.Id, size, limit);
        if (size > limit * 3 / 4 && IsNews($"{person.Id} {client.Id} {size > limit}"))
        {
            log.IdTokenLarge(person.Id, client.Id, size, limit);
            await audit.AppendAsync(new NewAuditEvent(size > limit ? AuditEventType.TokenTooLarge : AuditEventType.TokenLarge)
            {
                PersonId = person.Id, SessionId = sessionId, GrantId = grantId, ClientId = client.Id, Detail = $"{person.Groups.Count} groups, {size} of {limit} bytes",
            }, ct);
        }

        return size <= limit
            ? null
            : $"The account is in too many groups for one token: about {size} bytes, and {limit} are allowed. Ask an administrator to let fewer of them into the tokens of {client.Id} (clients.{client.Id}.groups).";
    }

    private bool IsNews(string fact)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow().ToUnixTimeSeconds() / 3600;
            if (now != hour || told.Count >= MaxRemembered) told.Clear();
            hour = now;
            return told.Add(fact);
        }
    }
}

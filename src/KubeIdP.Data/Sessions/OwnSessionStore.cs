using System.Data.Common;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Sessions;

/// <summary>What one client has in a session.</summary>
/// <param name="LastRefreshAt">When it last received tokens.</param>
public sealed record SessionClient(string ClientId, DateTimeOffset LastRefreshAt);

/// <summary>A live session as its person sees it.</summary>
/// <param name="LastUsedAt">The last sign of life of the browser or of any client.</param>
/// <param name="Now">When the database was asked.</param>
public sealed record OwnSession(
    string Id, string? Address, string? UserAgent, DateTimeOffset AuthTime, DateTimeOffset LastUsedAt, DateTimeOffset EndsAt, IReadOnlyList<SessionClient> Clients, DateTimeOffset Now);

/// <summary>A person's sessions as they see and end them themselves. Every statement names the person: another's session is one that does not exist.</summary>
public sealed class OwnSessionStore(Database database)
{
    /// <summary>The live sessions, the latest first.</summary>
    public async Task<IReadOnlyList<OwnSession>> ListAsync(string personId, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        var clients = await ClientsAsync(connection, personId, ct);
        await using var command = database.Command(connection, $"""
            SELECT s.id, s.address, s.user_agent, s.auth_time, s.last_seen_at, s.ends_at, {database.Now}
            FROM sessions s WHERE s.person_id = @person AND s.ended_at IS NULL AND s.ends_at > {database.Now}
            ORDER BY s.auth_time DESC, s.id DESC
            """, ("person", personId));
        await using var row = await command.ExecuteReaderAsync(ct);
        var sessions = new List<OwnSession>();
        while (await row.ReadAsync(ct))
        {
            SessionClient[] own = [.. clients[row.GetString(0)]];
            var lastUsed = own.Select(client => client.LastRefreshAt).Append(row.Moment(4)).Max();
            sessions.Add(new OwnSession(row.GetString(0), row.StringOrNull(1), row.StringOrNull(2), row.Moment(3), lastUsed, row.Moment(5), own, row.Moment(6)));
        }

        return sessions;
    }

    /// <summary>Ends a session of this person and all of its grants; false when it is another's, over or unknown.</summary>
    public async Task<bool> EndAsync(string personId, string sessionId, string why, NewAuditEvent audit, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var ended = await EndSessionsAsync(connection, transaction, "id = @session", ct, ("person", personId), ("session", sessionId), ("why", why));
        if (ended.Count == 0) return false;

        await audit.AppendAsync(database, connection, transaction, ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <summary>Ends all sessions of this person but one, and voids their half-finished logins; the ids of the ended.</summary>
    public async Task<IReadOnlyList<string>> EndOthersAsync(string personId, string keptSessionId, string why, NewAuditEvent audit, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);

        // A thief who is between password and factor must not open the next session a second after "end all" has answered. The row lock also orders
        // this against a login that is being completed: either we see its session, or it sees our epoch.
        await database.ExecuteAsync(connection, transaction, "UPDATE people SET factor_epoch = factor_epoch + 1 WHERE id = @person", ct, ("person", personId));
        var ended = await EndSessionsAsync(connection, transaction, "id <> @session", ct, ("person", personId), ("session", keptSessionId), ("why", why));
        foreach (var id in ended)
            await (audit with { SessionId = id }).AppendAsync(database, connection, transaction, ct);
        await transaction.CommitAsync(ct);
        return ended;
    }

    private async Task<List<string>> EndSessionsAsync(
        DbConnection connection, DbTransaction transaction, string which, CancellationToken ct, params (string Name, object? Value)[] parameters)
    {
        await using var command = database.Command(connection, $"""
            UPDATE sessions SET ended_at = {database.Now}, ended_by = @person, ended_why = @why
            WHERE person_id = @person AND {which} AND ended_at IS NULL AND ends_at > {database.Now} RETURNING id
            """, parameters);
        command.Transaction = transaction;
        var ended = new List<string>();
        await using (var row = await command.ExecuteReaderAsync(ct))
        {
            while (await row.ReadAsync(ct))
                ended.Add(row.GetString(0));
        }

        // Grants of sessions that have ended, whenever that was: those of the statement above are among them.
        await database.ExecuteAsync(connection, transaction, $"""
            UPDATE grants SET ended_at = {database.Now}, ended_why = @why
            WHERE ended_at IS NULL AND session_id IN (SELECT id FROM sessions WHERE person_id = @person AND {which} AND ended_at IS NOT NULL)
            """, ct, parameters);
        return ended;
    }

    private async Task<ILookup<string, SessionClient>> ClientsAsync(DbConnection connection, string personId, CancellationToken ct)
    {
        await using var command = database.Command(connection, """
            SELECT g.session_id, g.client_id, max(g.last_used_at)
            FROM grants g JOIN sessions s ON s.id = g.session_id
            WHERE s.person_id = @person AND s.ended_at IS NULL AND g.ended_at IS NULL AND g.code_redeemed_at IS NOT NULL
            GROUP BY g.session_id, g.client_id ORDER BY g.client_id
            """, ("person", personId));
        await using var row = await command.ExecuteReaderAsync(ct);
        var clients = new List<(string Session, SessionClient Client)>();
        while (await row.ReadAsync(ct))
            clients.Add((row.GetString(0), new SessionClient(row.GetString(1), row.Moment(2))));
        return clients.ToLookup(of => of.Session, of => of.Client);
    }
}

using System.Data.Common;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Sessions;

/// <summary>A completed login about to become a session.</summary>
/// <param name="FactorEpoch">The epoch that the login began in; when the person's has moved on, the login is void.</param>
public sealed record NewSession(
    string Id, string PersonId, long FactorEpoch, string Amr, string? Address, string? UserAgent, TimeSpan Lifetime)
{
    /// <summary>Which login; see <see cref="SessionStore.FindOpenedAsync"/>.</summary>
    public string? LoginId { get; init; }
}

/// <summary>A code about to be issued.</summary>
public sealed record NewGrant(string Id, string SessionId, string ClientId, string Scopes)
{
    /// <summary>Whether its client is to be told when the session ends; see <see cref="LogoutStore"/>.</summary>
    public bool HearsOfLogout { get; init; }
}

/// <summary>A session as its browser's cookie finds it.</summary>
public sealed record BrowserSession(
    string Id, string PersonId, string Username, DateTimeOffset AuthTime, string Amr, DateTimeOffset EndsAt, DateTimeOffset LastActiveAt, DateTimeOffset Now);

/// <summary>A session's end as the person may be told of it.</summary>
/// <param name="EndsAt">The absolute end.</param>
/// <param name="LastActiveAt">The last sign of life of the browser or of any client.</param>
/// <param name="Now">When the database was asked.</param>
public sealed record SessionEnd(string SessionId, string PersonId, DateTimeOffset EndsAt, DateTimeOffset LastActiveAt, DateTimeOffset Now)
{
    /// <summary>When somebody ended it; null when nobody did.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>A subject, or one of the names of <see cref="Actor"/>.</summary>
    public string? EndedBy { get; init; }

    /// <summary>A word of <see cref="GrantEnd"/>, or what a directory said.</summary>
    public string? EndedWhy { get; init; }

    /// <summary>The reason that an administrator chose to tell.</summary>
    public string? ReasonForPerson { get; init; }

    /// <summary>Under which log and audit have it; null where no request ended it.</summary>
    public string? Reference { get; init; }
}

/// <summary>
/// Opens and ends sessions. Ending stamps the session and every grant of it in one transaction: a refresh that waits for its grant's row
/// then sees the end on that very row.
/// </summary>
public sealed class SessionStore(Database database)
{
    /// <summary>Live grants of one client in one session; each new machine or browser tab costs one.</summary>
    public const int MaxLiveGrants = 20;

    /// <summary>
    /// Turns a completed login into a session, with its first grant when a client asked for the login. False when the person has been disabled or their epoch has moved on
    /// since the login began: then nothing is written.
    /// </summary>
    public async Task<bool> OpenAsync(NewSession session, NewGrant? grant, NewAuditEvent audit, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);

        // The row lock on the person also orders this against a disable: either that sees our session, or we see its stamp.
        var completed = await database.ExecuteAsync(connection, transaction, $"""
            UPDATE people SET factor_epoch = factor_epoch + 1, last_login_at = {database.Now}, last_login_amr = @amr WHERE id = @person AND factor_epoch = @epoch AND disabled_at IS NULL
            """, ct, ("person", session.PersonId), ("epoch", session.FactorEpoch), ("amr", session.Amr));
        if (completed == 0) return false;

        await database.ExecuteAsync(connection, transaction, $"""
            INSERT INTO sessions (id, person_id, login_id, auth_time, amr, address, user_agent, last_seen_at, ends_at)
            VALUES (@id, @person, @login, {database.Now}, @amr, @address, @user_agent, {database.Now}, {database.Now} + @lifetime)
            """, ct, ("id", session.Id), ("person", session.PersonId), ("login", session.LoginId), ("amr", session.Amr),
            ("address", session.Address), ("user_agent", session.UserAgent), ("lifetime", (long)session.Lifetime.TotalMilliseconds));
        if (grant is not null) await InsertGrantAsync(connection, transaction, grant, ct);
        await audit.AppendAsync(database, connection, transaction, ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <summary>The live session that a login opened at most <paramref name="within"/> ago; null when there is none.</summary>
    public async Task<string?> FindOpenedAsync(string loginId, string personId, TimeSpan within, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection, $"""
            SELECT id FROM sessions WHERE person_id = @person AND login_id = @login AND auth_time > {database.Now} - @within AND ended_at IS NULL AND ends_at > {database.Now}
            """, ("person", personId), ("login", loginId), ("within", (long)within.TotalMilliseconds));
        return (string?)await command.ExecuteScalarAsync(ct);
    }

    /// <summary>Opens a further grant in a session; false when the session is over. Beyond <see cref="MaxLiveGrants"/> the longest unused ends.</summary>
    public async Task<bool> OpenGrantAsync(NewGrant grant, NewAuditEvent audit, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);

        var live = await database.ExecuteAsync(connection, transaction, $"""
            UPDATE sessions SET last_seen_at = {database.Now} WHERE id = @id AND ended_at IS NULL AND ends_at > {database.Now}
            """, ct, ("id", grant.SessionId));
        if (live == 0) return false;

        foreach (var id in await MakeRoomAsync(connection, transaction, grant, ct))
            await (audit with { Type = AuditEventType.GrantSuperseded, GrantId = id }).AppendAsync(database, connection, transaction, ct);

        await InsertGrantAsync(connection, transaction, grant, ct);
        await audit.AppendAsync(database, connection, transaction, ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <summary>The live session of this id, or null when it has ended, is past its absolute end, or its person is disabled.</summary>
    public async Task<BrowserSession?> FindLiveAsync(string sessionId, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection, $"""
            SELECT s.id, s.person_id, p.user_name, s.auth_time, s.amr, s.ends_at, s.last_seen_at,
                   (SELECT max(g.last_used_at) FROM grants g WHERE g.session_id = s.id), {database.Now}
            FROM sessions s JOIN people p ON p.id = s.person_id
            WHERE s.id = @id AND s.ended_at IS NULL AND s.ends_at > {database.Now} AND p.disabled_at IS NULL
            """, ("id", sessionId));
        await using var row = await command.ExecuteReaderAsync(ct);
        if (!await row.ReadAsync(ct)) return null;

        var lastSeen = row.Moment(6);
        var lastUsed = row.MomentOrNull(7);
        return new BrowserSession(row.GetString(0), row.GetString(1), row.GetString(2), row.Moment(3), row.GetString(4), row.Moment(5),
            lastUsed > lastSeen ? lastUsed.Value : lastSeen, row.Moment(8));
    }

    /// <summary>How the session of this id came to its end, or would; null when there is none.</summary>
    public async Task<SessionEnd?> FindEndAsync(string sessionId, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection, $"""
            SELECT s.person_id, s.ends_at, s.last_seen_at, (SELECT max(g.last_used_at) FROM grants g WHERE g.session_id = s.id), s.ended_at, s.ended_by, s.ended_why, s.ended_told,
                (SELECT a.reference FROM audit_events a WHERE a.session_id = s.id AND a.type = '{AuditEventType.SessionEnded}' ORDER BY a.at DESC, a.id DESC LIMIT 1), {database.Now}
            FROM sessions s WHERE s.id = @id
            """, ("id", sessionId));
        await using var row = await command.ExecuteReaderAsync(ct);
        if (!await row.ReadAsync(ct)) return null;

        var lastSeen = row.Moment(2);
        return new SessionEnd(sessionId, row.GetString(0), row.Moment(1), row.MomentOrNull(3) is { } lastUsed && lastUsed > lastSeen ? lastUsed : lastSeen, row.Moment(9))
        {
            EndedAt = row.MomentOrNull(4), EndedBy = row.StringOrNull(5), EndedWhy = row.StringOrNull(6), ReasonForPerson = row.StringOrNull(7), Reference = row.StringOrNull(8),
        };
    }

    /// <summary>Ends a session and all of its grants; false when it was over already or never was. Once this has returned, nobody issues for it.</summary>
    public async Task<bool> EndAsync(string sessionId, string by, string why, NewAuditEvent audit, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);

        var ended = await database.ExecuteAsync(connection, transaction, $"""
            UPDATE sessions SET ended_at = {database.Now}, ended_by = @by, ended_why = @why, ended_told = @told WHERE id = @id AND ended_at IS NULL
            """, ct, ("id", sessionId), ("by", by), ("why", why), ("told", audit.ReasonForPerson));
        if (ended == 0) return false;

        await database.ExecuteAsync(connection, transaction, $"""
            UPDATE grants SET ended_at = {database.Now}, ended_why = @why WHERE session_id = @id AND ended_at IS NULL
            """, ct, ("id", sessionId), ("why", why));
        await audit.AppendAsync(database, connection, transaction, ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <summary>
    /// Deletes what can no longer be used: codes that nobody redeemed, and sessions that have been over for <paramref name="retention"/>.
    /// </summary>
    public async Task PruneAsync(TimeSpan retention, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        (string, object?) keep = ("keep", (long)retention.TotalMilliseconds);
        var over = $"SELECT id FROM sessions WHERE ends_at < {database.Now} - @keep OR ended_at < {database.Now} - @keep";
        await database.ExecuteAsync(connection, null, $"""
            DELETE FROM grants WHERE (code_redeemed_at IS NULL AND created_at < {database.Now} - 3600000)
                OR ended_at < {database.Now} - @keep OR session_id IN ({over})
            """, ct, keep);
        await database.ExecuteAsync(connection, null, $"""
            DELETE FROM sessions WHERE id IN ({over}) AND NOT EXISTS (SELECT 1 FROM grants WHERE session_id = sessions.id)
            """, ct, keep);
    }

    /// <summary>Ends what is too many once one more is added; the ids of the ended.</summary>
    private async Task<List<string>> MakeRoomAsync(DbConnection connection, DbTransaction transaction, NewGrant grant, CancellationToken ct)
    {
        await using var command = database.Command(connection, $"""
            UPDATE grants SET ended_at = {database.Now}, ended_why = '{GrantEnd.Superseded}'
            WHERE id IN (SELECT id FROM grants WHERE session_id = @session AND client_id = @client AND ended_at IS NULL
                         ORDER BY last_used_at DESC, id DESC LIMIT 1000 OFFSET {MaxLiveGrants - 1})
            RETURNING id
            """, ("session", grant.SessionId), ("client", grant.ClientId));
        command.Transaction = transaction;
        await using var row = await command.ExecuteReaderAsync(ct);
        var ended = new List<string>();
        while (await row.ReadAsync(ct))
            ended.Add(row.GetString(0));
        return ended;
    }

    private Task<int> InsertGrantAsync(DbConnection connection, DbTransaction transaction, NewGrant grant, CancellationToken ct) =>
        database.ExecuteAsync(connection, transaction, $"""
            INSERT INTO grants (id, session_id, client_id, scopes, current_generation, created_at, rotated_at, last_used_at, refreshes, last_verdict, ends_at, logout_due_at)
            SELECT @id, s.id, @client, @scopes, 0, {database.Now}, {database.Now}, {database.Now}, 0, 0, s.ends_at, {(grant.HearsOfLogout ? database.Now : "NULL")} FROM sessions s WHERE s.id = @session
            """, ct, ("id", grant.Id), ("session", grant.SessionId), ("client", grant.ClientId), ("scopes", grant.Scopes));
}

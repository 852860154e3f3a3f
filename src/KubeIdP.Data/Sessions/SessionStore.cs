using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Fragments;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Sessions;

/// <summary>
/// Opens, raises and ends sessions. Ending marks the session and all of its grants in one transaction, so a refresh that waits for its
/// grant's row sees the end on that row.
/// </summary>
public sealed class SessionStore(Database database, AuditLog auditLog)
{
    /// <summary>The maximum number of live grants of one client in one session; each new machine or browser tab needs one.</summary>
    public const int MaxLiveGrants = 20;

    /// <summary>How long the row of a code that was not redeemed is retained.</summary>
    private static readonly TimeSpan UnredeemedRetention = TimeSpan.FromHours(1);

    /// <summary>When any grant of a row s of <c>sessions</c> was last used; null where there is none.</summary>
    private const string LastUsed = "(SELECT max(g.last_used_at) FROM grants g WHERE g.session_id = s.id) AS last_used_at";

    /// <summary>
    /// Turns a completed login into a session, with its first grant when a client asked for the login. Returns false, and writes nothing,
    /// if the person was disabled or their epoch has changed since the login began.
    /// </summary>
    public async Task<bool> OpenAsync(NewSession session, NewGrant? grant, NewAuditEvent audit, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);

        // The lock on the person's row also serializes this with disabling the person: either that sees this session, or this sees that the
        // person is disabled.
        var completed = await work.ExecuteAsync($"""
            UPDATE people SET {PersonSql.NextEpoch}, last_login_at = {database.Now}, last_login_amr = @amr
            WHERE id = @person AND factor_epoch = @epoch AND disabled_at IS NULL
            """, ct, ("person", session.PersonId), ("epoch", session.FactorEpoch), ("amr", session.Amr));
        if (completed == 0) return false;

        await SessionRows.InsertAsync(work, session, ct);
        if (grant is not null) await InsertGrantAsync(work, grant, ct);
        await auditLog.AppendAsync(work, audit, ct);
        await work.CommitAsync(ct);
        return true;
    }

    /// <summary>
    /// Raises a live session to what was proven in it: new authentication methods, a new <see cref="Session.AuthTime"/> and a new
    /// generation of its cookie. Its end and its grants stay. Returns false, and writes nothing, if the session is over or was raised
    /// meanwhile, or the person was disabled or their epoch has changed since the login began.
    /// </summary>
    public async Task<bool> RaiseAsync(RaisedSession raised, NewAuditEvent audit, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);

        // The person's row first, as in OpenAsync: two statements that lock in different orders could deadlock.
        var completed = await work.ExecuteAsync($"""
            UPDATE people SET {PersonSql.NextEpoch} WHERE id = @person AND factor_epoch = @epoch AND disabled_at IS NULL
            """, ct, ("person", raised.PersonId), ("epoch", raised.FactorEpoch));
        if (completed == 0) return false;

        var live = await work.ExecuteAsync($"""
            UPDATE sessions SET amr = @amr, auth_time = {database.Now}, last_seen_at = {database.Now}, login_id = @login,
                cookie_generation = cookie_generation + 1
            WHERE id = @id AND person_id = @person AND cookie_generation = @generation AND {Live.Session(database)}
            """, ct, ("id", raised.Session.Id), ("person", raised.PersonId), ("generation", raised.Session.Generation), ("amr", raised.Amr),
            ("login", raised.LoginId));
        if (live == 0) return false;

        await auditLog.AppendAsync(work, audit, ct);
        await work.CommitAsync(ct);
        return true;
    }

    /// <summary>The live session that a login opened or raised at most <paramref name="within"/> ago; null when there is none.</summary>
    public async Task<SessionHandle?> FindOpenedAsync(string loginId, PersonId personId, TimeSpan within, CancellationToken ct) =>
        await database.FindValueAsync($"""
            SELECT id, cookie_generation FROM sessions
            WHERE person_id = @person AND login_id = @login AND auth_time > {database.Now} - @within AND {Live.Session(database)}
            """, Handle, ct, ("person", personId), ("login", loginId), ("within", within));

    /// <summary>
    /// Opens a further grant in a session. Returns false if the session is over. If there are more than <see cref="MaxLiveGrants"/>, the
    /// one that was unused for longest ends.
    /// </summary>
    public async Task<bool> OpenGrantAsync(NewGrant grant, NewAuditEvent audit, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        var live = await work.ExecuteAsync($"UPDATE sessions SET last_seen_at = {database.Now} WHERE id = @id AND {Live.Session(database)}",
            ct, ("id", grant.SessionId));
        if (live == 0) return false;

        foreach (var superseded in await MakeRoomAsync(work, grant, ct))
            await auditLog.AppendAsync(work, audit with { Type = AuditEventType.GrantSuperseded, GrantId = superseded }, ct);

        await InsertGrantAsync(work, grant, ct);
        await auditLog.AppendAsync(work, audit, ct);
        await work.CommitAsync(ct);
        return true;
    }

    /// <summary>
    /// The live session that a cookie names; null when it has ended, is past its absolute end, was raised since the cookie was written, or
    /// its person is disabled.
    /// </summary>
    public Task<BrowserSession?> FindLiveAsync(SessionHandle cookie, CancellationToken ct) => database.FindAsync($"""
        SELECT s.id, s.cookie_generation, s.person_id, p.connector, p.user_name, p.factor_epoch, p.factor_failures, s.auth_time, s.amr,
            s.ends_at, s.last_seen_at, {LastUsed}, {database.Now} AS now
        FROM sessions s JOIN people p ON p.id = s.person_id
        WHERE s.id = @id AND s.cookie_generation = @generation AND {Live.Session(database, "s")} AND p.disabled_at IS NULL
        """, Browser, ct, ("id", cookie.Id), ("generation", cookie.Generation));

    /// <summary>How the session ended, or when it will; null if there is none.</summary>
    public Task<SessionEnd?> FindEndAsync(SessionId sessionId, CancellationToken ct) => database.FindAsync($"""
        SELECT s.id, s.person_id, s.ends_at, s.last_seen_at, {LastUsed}, s.ended_at, s.ended_by, s.ended_why, s.reason_for_person,
            (SELECT a.reference FROM audit_events a WHERE a.session_id = s.id AND a.type = '{AuditEventType.SessionEnded}'
             ORDER BY a.at DESC, a.id DESC LIMIT 1) AS reference,
            {database.Now} AS now
        FROM sessions s WHERE s.id = @id
        """, End, ct, ("id", sessionId));

    /// <summary>
    /// Ends a session and all of its grants. Returns false if it was already over or does not exist. Once this has returned, no replica
    /// issues anything for it.
    /// </summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="by">Who ends it, for its row and for the audit event.</param>
    /// <param name="why">One of <see cref="GrantEnd"/>.</param>
    /// <param name="ct">If it is cancelled in time, nothing was ended.</param>
    /// <param name="detail">The detail of the audit event; null: <paramref name="why"/>.</param>
    /// <param name="clientId">The client that the audit event names; null: none.</param>
    /// <param name="grantId">The grant that the audit event names; null: none.</param>
    public async Task<bool> EndAsync(SessionId sessionId, Actor by, string why, CancellationToken ct, string? detail = null,
        ClientId? clientId = null, GrantId? grantId = null)
    {
        var audit = by.Did(AuditEventType.SessionEnded, personId: null, detail ?? why) with { ClientId = clientId, GrantId = grantId };
        await using var work = await database.BeginAsync(ct);
        if (await work.EndSessionsAsync(auditLog, "id = @id", why, audit, ct, ("id", sessionId)) is []) return false;

        await work.CommitAsync(ct);
        return true;
    }

    /// <summary>
    /// Deletes codes that were not redeemed, and sessions that have been over for <paramref name="retention"/>.
    /// </summary>
    public async Task PruneAsync(TimeSpan retention, CancellationToken ct)
    {
        var over = $"SELECT id FROM sessions WHERE ends_at < {database.Now} - @retention OR ended_at < {database.Now} - @retention";
        await database.ExecuteAsync($"""
            DELETE FROM grants WHERE (code_redeemed_at IS NULL AND created_at < {database.Now} - @unredeemed)
                OR ended_at < {database.Now} - @retention OR session_id IN ({over})
            """, ct, ("retention", retention), ("unredeemed", UnredeemedRetention));
        await database.ExecuteAsync(
            $"DELETE FROM sessions WHERE id IN ({over}) AND NOT EXISTS (SELECT 1 FROM grants WHERE session_id = sessions.id)", ct,
            ("retention", retention));
    }

    /// <summary>
    /// Ends the grants that would exceed the limit once one more is added, with what they were exchanged for, and returns their ids.
    /// </summary>
    private Task<List<GrantId>> MakeRoomAsync(UnitOfWork work, NewGrant grant, CancellationToken ct)
    {
        var surplus = $"""
            SELECT id FROM grants WHERE session_id = @session AND client_id = @client AND ended_at IS NULL
            ORDER BY last_used_at DESC, id DESC LIMIT 1000 OFFSET {MaxLiveGrants - 1}
            """;
        return work.ListAsync($"""
            UPDATE grants SET ended_at = {database.Now}, ended_why = '{GrantEnd.Superseded}'
            WHERE ended_at IS NULL AND (id IN ({surplus}) OR parent_grant_id IN ({surplus}))
            RETURNING id
            """, row => row.Id<GrantId>("id"), ct, ("session", grant.SessionId), ("client", grant.ClientId));
    }

    private Task<int> InsertGrantAsync(UnitOfWork work, NewGrant grant, CancellationToken ct) => work.ExecuteAsync($"""
        INSERT INTO grants (id, session_id, client_id, scopes, current_generation, created_at, rotated_at, last_used_at, refreshes,
            last_verdict, ends_at, logout_due_at)
        SELECT @id, s.id, @client, @scopes, 0, {database.Now}, {database.Now}, {database.Now}, 0, 0, s.ends_at,
            {(grant.NotifiesOfLogout ? database.Now : "NULL")}
        FROM sessions s WHERE s.id = @session
        """, ct, ("id", grant.Id), ("session", grant.SessionId), ("client", grant.ClientId), ("scopes", grant.Scopes));

    private static SessionHandle Handle(Row row) => new(row.Id<SessionId>("id"), row.Int("cookie_generation"));

    private static BrowserSession Browser(Row row) => new()
    {
        Id = row.Id<SessionId>("id"),
        CookieGeneration = row.Int("cookie_generation"),
        PersonId = row.Id<PersonId>("person_id"),
        Connector = row.Id<ConnectorId>("connector"),
        Username = row.Text("user_name"),
        FactorEpoch = row.Long("factor_epoch"),
        FactorFailures = row.Int("factor_failures"),
        AuthTime = row.Moment("auth_time"),
        Amr = row.Text("amr"),
        EndsAt = row.Moment("ends_at"),
        LastActiveAt = LastActive(row),
        Now = row.Moment("now"),
    };

    private static SessionEnd End(Row row) =>
        new(row.Id<SessionId>("id"), row.Id<PersonId>("person_id"), row.Moment("ends_at"), LastActive(row), row.Moment("now"))
    {
        EndedAt = row.MomentOrNull("ended_at"),
        EndedBy = row.TextOrNull("ended_by"),
        EndedWhy = row.TextOrNull("ended_why"),
        ReasonForPerson = row.TextOrNull("reason_for_person"),
        Reference = row.TextOrNull("reference"),
    };

    private static DateTimeOffset LastActive(Row row)
    {
        var (lastSeen, lastUsed) = (row.Moment("last_seen_at"), row.MomentOrNull("last_used_at"));
        return lastUsed > lastSeen ? lastUsed.Value : lastSeen;
    }
}

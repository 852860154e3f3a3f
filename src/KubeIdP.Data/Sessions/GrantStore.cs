using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Sessions;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Fragments;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Sessions;

/// <summary>
/// Stores codes and refresh tokens: each is used up by one conditional UPDATE, whose affected row is the lock and the verdict.
/// A refresh is two statements, <see cref="ReadAsync"/> and <see cref="RotateAsync"/>, and inserts nothing.
/// </summary>
public sealed class GrantStore(Database database, AuditLog auditLog)
{
    /// <summary>
    /// Within this time after a rotation, the previous generation gets the current one again: kubectl processes that refresh in parallel.
    /// </summary>
    public static readonly TimeSpan Leeway = TimeSpan.FromSeconds(10);

    /// <summary>Within this time, after the leeway, a presented previous generation means that the last answer never arrived.</summary>
    public static readonly TimeSpan LostAnswerWindow = TimeSpan.FromMinutes(15);

    private readonly string read = $"""
        SELECT g.id AS grant_id, g.client_id, g.scopes, g.created_at,
            coalesce(g.previous_generation, 0) AS previous_generation, g.code_redeemed_at, g.session_id,
            s.kind, s.auth_time, s.amr, s.ends_at, coalesce(g.ended_at, s.ended_at, l.ended_at) AS ended_at,
            coalesce(g.ended_why, l.ended_why) AS ended_why,
               {database.Now} AS now, (SELECT max(o.last_used_at) FROM grants o
                   WHERE o.session_id = g.session_id) AS last_used_at, s.last_seen_at,
               {PersonSnapshot.Columns}
        FROM grants g JOIN sessions s ON s.id = g.session_id JOIN people p ON p.id = s.person_id
            LEFT JOIN grants l ON l.id = g.parent_grant_id
        WHERE g.id = @id
        """;

    private readonly string rotate = Rotation(database.Now);

    private readonly string redeem = $"""
        UPDATE grants SET current_generation = 1, code_redeemed_at = {database.Now}, rotated_at = {database.Now},
            last_used_at = {database.Now}
        WHERE id = @id AND client_id = @client AND code_redeemed_at IS NULL AND {Live.NotOver(alias: null, database.Now)}
        RETURNING {database.Now} AS now
        """;

    private readonly string end = $"""
        UPDATE grants SET ended_at = {database.Now}, ended_why = @why
        WHERE id = @id AND client_id = @client AND {Live.NotEnded()}
        """;

    private readonly string endExchanged = $"""
        UPDATE grants SET ended_at = {database.Now}, ended_why = @why WHERE parent_grant_id = @id AND {Live.NotEnded()}
        """;

    // An exchange that is repeated, because its answer was lost or the machine's files were, counts as a rotation: what was issued before
    // is the previous generation.
    private readonly string exchange = $"""
        INSERT INTO grants (id, parent_grant_id, session_id, client_id, scopes, current_generation, created_at, code_redeemed_at,
            rotated_at, last_used_at, refreshes, last_verdict, ends_at)
        SELECT @id, p.id, p.session_id, @client, @scopes, 1, {database.Now}, {database.Now}, {database.Now}, {database.Now}, 0, 0, p.ends_at
        FROM grants p WHERE p.id = @parent
        ON CONFLICT (parent_grant_id, client_id) WHERE parent_grant_id IS NOT NULL AND ended_at IS NULL DO UPDATE SET
            previous_generation = grants.current_generation, current_generation = grants.current_generation + 1,
            rotated_at = {database.Now}, last_used_at = {database.Now}, refreshes = grants.refreshes + 1
        RETURNING id, current_generation, {database.Now} AS now
        """;

    /// <summary>Null when there is no such grant.</summary>
    public Task<GrantSnapshot?> ReadAsync(GrantId grantId, CancellationToken ct) =>
        database.OverShortOutageAsync(() => database.FindAsync(read, Snapshot, ct, ("id", grantId)), ct);

    /// <summary>
    /// Presents a refresh token of this generation, at least 1, as we issued it. Null when the grant is over, another client's or unknown:
    /// nothing changed. Otherwise the verdict is already stored: <see cref="GrantVerdict.Replayed"/> has ended the grant.
    /// </summary>
    /// <remarks>
    /// Repeated if the connection broke: if the first attempt was committed, the second one finds the previous generation and gets the same
    /// answer.
    /// </remarks>
    /// <param name="grantId">Whose token it is.</param>
    /// <param name="clientId">Who presents it.</param>
    /// <param name="generation">What it says.</param>
    /// <param name="before">Called before each try.</param>
    public Task<GrantUse?> RotateAsync(GrantId grantId, ClientId clientId, int generation, Action? before = null) =>
        database.OverShortOutageAsync(
            () =>
            {
                before?.Invoke();
                return RotateOnceAsync(grantId, clientId, generation);
            }, CancellationToken.None);

    // Without the request's cancellation token: a rotation that may have happened must be answered.
    private async Task<GrantUse?> RotateOnceAsync(GrantId grantId, ClientId clientId, int generation)
    {
        var use = await database.FindValueAsync(rotate, Use, CancellationToken.None,
            ("id", grantId), ("client", clientId), ("generation", generation), ("leeway", Leeway), ("window", LostAnswerWindow));

        // Whoever has a copy may have exchanged it. The next refresh of what was exchanged sees the end of the login itself; this also
        // tells the API servers that ask about each token.
        if (use is { Verdict: GrantVerdict.Replayed })
        {
            await using var work = await database.BeginAsync(CancellationToken.None);
            await LockSessionOfAsync(work, grantId);
            await work.ExecuteAsync(endExchanged, CancellationToken.None, ("id", grantId), ("why", GrantEnd.Replay));
            await work.CommitAsync(CancellationToken.None);
        }

        return use;
    }

    /// <summary>
    /// Whatever ends several grants locks their session first, as the end of a session does: in different orders two such statements could
    /// deadlock.
    /// </summary>
    private static Task<int> LockSessionOfAsync(UnitOfWork work, GrantId grantId) => work.ExecuteAsync(
        "UPDATE sessions SET ends_at = ends_at WHERE id = (SELECT session_id FROM grants WHERE id = @id)", CancellationToken.None,
        ("id", grantId));

    /// <summary>
    /// Redeems the code of a grant, and returns when. Null if it was already redeemed, the grant is over, or it belongs to another client.
    /// </summary>
    public Task<DateTimeOffset?> RedeemCodeAsync(GrantId grantId, ClientId clientId) =>
        database.MomentAsync(redeem, CancellationToken.None, ("id", grantId), ("client", clientId));

    /// <summary>Ends one grant of a client. Returns false if it was already over or belongs to another client.</summary>
    public async Task<bool> EndAsync(GrantId grantId, ClientId clientId, string why, NewAuditEvent audit)
    {
        await using var work = await database.BeginAsync(CancellationToken.None);
        await LockSessionOfAsync(work, grantId);
        if (await work.ExecuteAsync(end, CancellationToken.None, ("id", grantId), ("client", clientId), ("why", why)) == 0) return false;

        // A statement of its own: one that waited for the row above would not see what was exchanged meanwhile.
        await work.ExecuteAsync(endExchanged, CancellationToken.None, ("id", grantId), ("why", why));
        await auditLog.AppendAsync(work, audit, CancellationToken.None);
        await work.CommitAsync(CancellationToken.None);
        return true;
    }

    /// <summary>
    /// Opens the grant of a cluster within the session of another grant, or rotates it if there is one: one row for each login and cluster.
    /// Null when the grant or its session is over; nothing changed then.
    /// </summary>
    /// <param name="parent">The grant whose login is exchanged.</param>
    /// <param name="session">Its session.</param>
    /// <param name="clientId">The cluster.</param>
    /// <param name="scopes">Those of the grant if it is new, separated by spaces.</param>
    /// <param name="newId">The id of the grant if it is new.</param>
    /// <param name="audit">Appended if the grant is new.</param>
    /// <param name="before">Called before the statement that dates the answer.</param>
    public async Task<ExchangedGrant?> ExchangeAsync(GrantId parent, SessionId session, ClientId clientId, string scopes,
        GrantId newId, NewAuditEvent audit, Action before)
    {
        // Like a rotation without the request's cancellation token: what may have happened must be answered.
        var ct = CancellationToken.None;
        await using var work = await database.BeginAsync(ct);

        // The row of the session is locked first, as by whatever ends sessions: either that sees the new grant, or this sees the end.
        if (await work.ExecuteAsync($"UPDATE sessions SET ends_at = ends_at WHERE id = @id AND {Live.Session(database)}", ct,
                ("id", session)) == 0) return null;
        if (await work.ExecuteAsync(
                $"UPDATE grants SET last_used_at = {database.Now} WHERE id = @id AND {Live.NotOver(alias: null, database.Now)}", ct,
                ("id", parent)) == 0) return null;

        before();
        var given = await work.FindValueAsync(exchange,
            row => new ExchangedGrant(row.Id<GrantId>("id"), row.Int("current_generation"), row.Moment("now")), ct,
            ("id", newId), ("parent", parent), ("client", clientId), ("scopes", scopes));
        if (given is { } opened && opened.Id == newId) await auditLog.AppendAsync(work, audit, ct);
        await work.CommitAsync(ct);
        return given;
    }

    /// <summary>When each client last received a token, by client. Clients that never did are missing.</summary>
    public async Task<IReadOnlyDictionary<ClientId, DateTimeOffset>> LastUsedByClientAsync(CancellationToken ct) =>
        (await database.ListAsync($"""
            SELECT client_id, max(last_used_at) AS last_used_at FROM grants WHERE {Live.Redeemed()} GROUP BY client_id
            """, row => (ClientId: row.Id<ClientId>("client_id"), At: row.Moment("last_used_at")), ct))
        .ToDictionary(client => client.ClientId, client => client.At);

    private static GrantUse Use(Row row) => new((GrantVerdict)row.Int("last_verdict"), row.Int("current_generation"), row.Moment("now"));

    private static GrantSnapshot Snapshot(Row row) => new()
    {
        GrantId = row.Id<GrantId>("grant_id"),
        ClientId = row.Id<ClientId>("client_id"),
        Scopes = row.Text("scopes"),
        SessionId = row.Id<SessionId>("session_id"),
        SessionKind = (SessionKind)row.Int("kind"),
        CreatedAt = row.Moment("created_at"),
        AuthTime = row.Moment("auth_time"),
        Amr = row.Text("amr"),
        EndsAt = row.Moment("ends_at"),
        PreviousGeneration = row.Int("previous_generation"),
        IsRedeemed = !row.IsNull("code_redeemed_at"),
        EndedAt = row.MomentOrNull("ended_at"),
        EndedWhy = row.TextOrNull("ended_why"),
        LastActiveAt = Later(row.Moment("last_used_at"), row.Moment("last_seen_at")),
        Now = row.Moment("now"),
        Person = PersonSnapshot.Read(row),
    };

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    /// <remarks>
    /// The verdict is spelled out over the row's own columns: after a wait for the row lock PostgreSQL evaluates them again on the row as
    /// it has become, which it would not do for a sub-select or a second table. A refresh token that exists proves that the code was
    /// redeemed, also to a database that has lost the redemption.
    /// </remarks>
    private static string Rotation(string now)
    {
        var verdict = $"""
            CASE WHEN @generation = current_generation THEN {(int)GrantVerdict.Rotated}
                 WHEN @generation > current_generation AND @generation < {int.MaxValue} THEN {(int)GrantVerdict.LostWrite}
                 WHEN @generation = previous_generation AND rotated_at >= {now} - @leeway THEN {(int)GrantVerdict.Repeated}
                 WHEN @generation = previous_generation AND rotated_at >= {now} - @window THEN {(int)GrantVerdict.LostAnswer}
                 ELSE {(int)GrantVerdict.Replayed} END
            """;
        var fromPresented = $"({verdict}) IN ({(int)GrantVerdict.Rotated}, {(int)GrantVerdict.LostWrite})";

        // @generation + 1, computed from a column: PostgreSQL evaluates constant expressions before it reads the row, and the greatest
        // number plus one overflows.
        const string afterPresented = "current_generation + 1 + (@generation - current_generation)";
        var issuesNew = $"({verdict}) IN ({(int)GrantVerdict.Rotated}, {(int)GrantVerdict.LostWrite}, {(int)GrantVerdict.LostAnswer})";
        var replayed = $"({verdict}) = {(int)GrantVerdict.Replayed}";

        return $"""
            UPDATE grants SET
                last_verdict = {verdict},
                current_generation = CASE WHEN {fromPresented} THEN {afterPresented} WHEN {issuesNew} THEN current_generation + 1
                    ELSE current_generation END,
                previous_generation = CASE WHEN {fromPresented} THEN @generation ELSE previous_generation END,
                code_redeemed_at = coalesce(code_redeemed_at, {now}),
                rotated_at = CASE WHEN {issuesNew} THEN {now} ELSE rotated_at END,
                refreshes = CASE WHEN {replayed} THEN refreshes ELSE refreshes + 1 END,
                last_used_at = {now},
                ended_at = CASE WHEN {replayed} THEN {now} END,
                ended_why = CASE WHEN {replayed} THEN '{GrantEnd.Replay}' END
            WHERE id = @id AND client_id = @client AND (code_redeemed_at IS NOT NULL OR @generation > 0)
                AND {Live.NotOver(alias: null, now)}
            RETURNING last_verdict, current_generation, {now} AS now
            """;
    }
}

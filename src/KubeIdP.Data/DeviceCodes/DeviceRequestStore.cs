using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Sessions;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Fragments;
using KubeIdP.Data.Sessions;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.DeviceCodes;

/// <summary>
/// Stores device requests. Every change of state is one conditional UPDATE whose affected row decides. A request is bound to the session
/// in which its code was typed; approving it opens a session and a grant, and the poll redeems that grant like a code
/// (<see cref="GrantStore.RedeemCodeAsync"/>), so a session that was ended in between gives nothing.
/// </summary>
public sealed class DeviceRequestStore(Database database, AuditLog auditLog)
{
    /// <summary>The maximum number of live requests at the issuer.</summary>
    public const int MaxLive = 1_000;

    /// <summary>
    /// The maximum number of undecided requests from one network. Decided ones don't count here: an office signs in many machines, and only
    /// people who have signed in can decide.
    /// </summary>
    public const int MaxLivePerNetwork = 10;

    private const int PageSize = 50;

    /// <summary>
    /// How long a request is retained after it has expired. A poll that came in time must be answered before its session is ended as not
    /// collected.
    /// </summary>
    private static readonly TimeSpan Retention = TimeSpan.FromSeconds(30);

    private string SelectListed => $"""
        SELECT d.id, d.client_id, d.address, d.user_agent, d.created_at, d.expires_at, d.verdict, d.looked_up_by, d.session_id,
            p.id AS person_id, p.user_name, {database.Now} AS now
        FROM device_requests d LEFT JOIN sessions s ON s.id = d.looked_up_by LEFT JOIN people p ON p.id = s.person_id
        """;

    // Not decided, by a session that may decide, in time.
    private readonly string mayDecide =
        $"id = @id AND looked_up_by = @session AND verdict = {(int)DeviceVerdict.Pending} AND expires_at > {database.Now}";

    // A poll that comes too early changes nothing, so that it costs no write and does not move the time from which it counts.
    private readonly string poll = $"""
        UPDATE device_requests SET polled_at = {database.Now}
        WHERE id = @id AND (verdict <> {(int)DeviceVerdict.Pending} OR polled_at <= {database.Now} - @interval
            OR expires_at <= {database.Now})
        RETURNING verdict, grant_id, expires_at <= {database.Now} AS is_expired
        """;

    /// <summary>
    /// Stores a request, unless there are too many. The lock makes the limits exact; without it, parallel requests would pass them
    /// together. Who is refused has waited for no lock.
    /// </summary>
    public async Task<DeviceStart> StartAsync(NewDeviceRequest request, CancellationToken ct)
    {
        if (await FullAsync(database, request.Network, ct) is { } full) return full;

        await using var work = await database.BeginAsync(ct);
        await work.LockAsync(AdvisoryLocks.AddingDeviceRequests, ct);
        if (await FullAsync(work, request.Network, ct) is { } nowFull) return nowFull;

        // A request that has expired and is not deleted yet may have the same code too.
        var stored = await work.ExecuteAsync($"""
            INSERT INTO device_requests (id, user_code_hash, client_id, scopes, address, network, user_agent, created_at, expires_at,
                polled_at, verdict)
            VALUES (@id, @hash, @client, @scopes, @address, @network, @user_agent, {database.Now}, {database.Now} + @lifetime, 0,
                {(int)DeviceVerdict.Pending})
            ON CONFLICT (user_code_hash) DO NOTHING
            """, ct, ("id", request.Id), ("hash", request.UserCodeHash), ("client", request.ClientId), ("scopes", request.Scopes),
            ("address", request.Address), ("network", request.Network), ("user_agent", request.UserAgent),
            ("lifetime", request.Lifetime));
        if (stored == 0) return DeviceStart.CodeTaken;

        await work.CommitAsync(ct);
        return DeviceStart.Stored;
    }

    /// <summary>
    /// One poll, one statement. Null if it came less than <paramref name="interval"/> after the last accepted one, or if the request was
    /// deleted meanwhile, which its own expiry tells soon. A request that was decided answers at once.
    /// </summary>
    public Task<DevicePoll?> PollAsync(string id, TimeSpan interval, CancellationToken ct) => database.OverShortOutageAsync(
        () => database.FindValueAsync(poll, Poll, ct, ("id", id), ("interval", interval)), ct);

    /// <summary>
    /// Finds the pending request with this code, and binds it to the session: nobody else finds it any more. Null if there is none, or
    /// another session has it.
    /// </summary>
    public Task<string?> LookUpAsync(byte[] userCodeHash, SessionId sessionId, CancellationToken ct) => database.TextAsync($"""
        UPDATE device_requests SET looked_up_by = @session
        WHERE user_code_hash = @hash AND verdict = {(int)DeviceVerdict.Pending} AND expires_at > {database.Now}
            AND (looked_up_by IS NULL OR looked_up_by = @session)
        RETURNING id
        """, ct, ("hash", userCodeHash), ("session", sessionId));

    /// <summary>The pending request that this session has looked up; null if there is none, it is decided, or its time is over.</summary>
    public Task<ShownDeviceRequest?> FindAsync(string id, SessionId sessionId, CancellationToken ct) => database.FindAsync($"""
        SELECT id, client_id, scopes, address, user_agent, created_at, expires_at, {database.Now} AS now FROM device_requests
        WHERE {mayDecide}
        """, Shown, ct, ("id", id), ("session", sessionId));

    /// <summary>Denies a request. Returns false if this session may not decide about it (any more).</summary>
    public async Task<bool> DenyAsync(string id, SessionId sessionId, NewAuditEvent audit, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        if (await work.ExecuteAsync($"UPDATE device_requests SET verdict = {(int)DeviceVerdict.Denied} WHERE {mayDecide}", ct,
            ("id", id), ("session", sessionId)) == 0) return false;

        await auditLog.AppendAsync(work, audit, ct);
        await work.CommitAsync(ct);
        return true;
    }

    /// <summary>
    /// Approves a request: opens a session of kind <see cref="SessionKind.Device"/> and its grant. Returns false, and writes nothing, if
    /// the approving session is over or was raised meanwhile, the person is disabled, or the request is decided or expired.
    /// </summary>
    public async Task<bool> ApproveAsync(DeviceApproval approval, NewAuditEvent audit, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);

        // The lock on the person's row serializes this with whatever ends all their sessions: either that sees the new session, or this
        // sees that the person is disabled or the approving session over. The epoch stays, because no login is completed.
        if (await work.ExecuteAsync("UPDATE people SET factor_epoch = factor_epoch WHERE id = @person AND disabled_at IS NULL", ct,
            ("person", approval.PersonId)) == 0) return false;
        if (await work.ExecuteAsync($"""
            UPDATE sessions SET last_seen_at = {database.Now}
            WHERE id = @id AND person_id = @person AND cookie_generation = @generation AND {Live.Session(database)}
            """, ct, ("id", approval.By.Id), ("person", approval.PersonId), ("generation", approval.By.Generation)) == 0) return false;
        if (await work.ExecuteAsync($"""
            UPDATE device_requests SET verdict = {(int)DeviceVerdict.Approved}, session_id = @new, grant_id = @grant WHERE {mayDecide}
            """, ct, ("id", approval.RequestId), ("session", approval.By.Id), ("new", approval.SessionId),
            ("grant", approval.GrantId)) == 0) return false;

        // Who the person is was proven in the approving session; address and lifetime are those of the machine.
        await work.ExecuteAsync($"""
            INSERT INTO sessions (id, person_id, auth_time, amr, kind, address, user_agent, last_seen_at, ends_at)
            SELECT @new, s.person_id, s.auth_time, s.amr, {(int)SessionKind.Device}, d.address, d.user_agent, {database.Now},
                {database.Now} + @lifetime
            FROM sessions s, device_requests d WHERE s.id = @session AND d.id = @id
            """, ct, ("new", approval.SessionId), ("session", approval.By.Id), ("id", approval.RequestId),
            ("lifetime", approval.Lifetime));
        await work.ExecuteAsync($"""
            INSERT INTO grants (id, session_id, client_id, scopes, current_generation, created_at, rotated_at, last_used_at, refreshes,
                last_verdict, ends_at)
            SELECT @grant, s.id, d.client_id, d.scopes, 0, {database.Now}, {database.Now}, {database.Now}, 0, 0, s.ends_at
            FROM sessions s, device_requests d WHERE s.id = @new AND d.id = @id
            """, ct, ("grant", approval.GrantId), ("new", approval.SessionId), ("id", approval.RequestId));
        await auditLog.AppendAsync(work, audit, ct);
        await work.CommitAsync(ct);
        return true;
    }

    /// <summary>
    /// How many requests were denied within this time by people who had typed their codes; administrators know of their own denials.
    /// </summary>
    public async Task<long> CountDeniedAsync(TimeSpan within, CancellationToken ct) => await database.NumberAsync($"""
        SELECT count(*) FROM audit_events
        WHERE type = '{AuditEventType.DeviceDenied}' AND actor = person_id AND at > {database.Now} - @within
        """, ct, ("within", within)) ?? 0;

    /// <summary>The live requests, the latest first, for administrators.</summary>
    /// <param name="after">The id of the last one of the page before; null for the first page.</param>
    /// <param name="ct">Cancels it.</param>
    public async Task<ListPage<ListedDeviceRequest>> ListAsync(string? after, CancellationToken ct)
    {
        var which = new Conditions();
        which.Add($"d.expires_at > {database.Now}");
        if (after is not null) which.Add("d.id < @after", ("after", after));
        var found = await database.ListAsync($"""
            {SelectListed} WHERE {which.Sql} ORDER BY d.id DESC LIMIT {PageSize + 1}
            """, Listed, ct, which.Parameters);
        return ListPage.Of(found, PageSize, last => last.Id);
    }

    /// <summary>Null if there is no live request with this id.</summary>
    public Task<ListedDeviceRequest?> ReadAsync(string id, CancellationToken ct) => database.FindAsync(
        $"{SelectListed} WHERE d.id = @id AND d.expires_at > {database.Now}", Listed, ct, ("id", id));

    /// <summary>Denies a request for an administrator, whether or not somebody has typed its code.</summary>
    public async Task<DeviceDenial> DenyAsync(string id, Actor by, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        var denied = await work.FindAsync($"""
            UPDATE device_requests SET verdict = {(int)DeviceVerdict.DeniedByAdministrator}
            WHERE id = @id AND verdict = {(int)DeviceVerdict.Pending} AND expires_at > {database.Now}
            RETURNING client_id, address, looked_up_by, (SELECT s.person_id FROM sessions s WHERE s.id = looked_up_by) AS person_id
            """,
            row => by.Did(AuditEventType.DeviceDenied, Identifier.OrNull<PersonId>(row.TextOrNull("person_id")),
                MachineAt(row.TextOrNull("address"))) with
            {
                ClientId = row.Id<ClientId>("client_id"), SessionId = Identifier.OrNull<SessionId>(row.TextOrNull("looked_up_by")),
            }, ct, ("id", id));
        if (denied is null) return await ReadAsync(id, ct) is null ? DeviceDenial.NotFound : DeviceDenial.OverAlready;

        await auditLog.AppendAsync(work, denied, ct);
        await work.CommitAsync(ct);
        return DeviceDenial.Denied;
    }

    /// <summary>For the detail of an audit event, whose address is that of whoever decided.</summary>
    public static string MachineAt(string? address) => $"machine at {address ?? "an unknown address"}";

    /// <summary>
    /// Deletes requests whose time is over, and ends the sessions of those that were approved and never redeemed, of which nobody has a
    /// token.
    /// </summary>
    public async Task<ExpiredDevices> PruneAsync(CancellationToken ct)
    {
        // Every replica does this; most of the time there is nothing, which costs no write.
        if (!await database.ExistsAsync($"SELECT 1 FROM device_requests WHERE expires_at <= {database.Now} - @retention LIMIT 1", ct,
            ("retention", Retention))) return default;

        await using var work = await database.BeginAsync(ct);
        var over = await work.ListAsync($"""
            DELETE FROM device_requests WHERE expires_at <= {database.Now} - @retention RETURNING verdict, session_id
            """, row => (Verdict: (DeviceVerdict)row.Int("verdict"), SessionId: row.TextOrNull("session_id")), ct,
            ("retention", Retention));
        var approved = over.Select(request => request.SessionId).OfType<string>().ToList();
        var ended = approved is []
            ? []
            : await work.EndSessionsAsync(auditLog, $"""
                {database.IsAmong("id", "approved")} AND NOT EXISTS (
                    SELECT 1 FROM grants g WHERE g.session_id = sessions.id AND {Live.Redeemed("g")})
                """, GrantEnd.NotCollected,
                Actor.Issuer.Did(AuditEventType.SessionEnded, personId: null, GrantEnd.NotCollected), ct,
                ("approved", (IReadOnlyList<string>)approved));
        await work.CommitAsync(ct);
        return new ExpiredDevices(over.Count(request => request.Verdict is DeviceVerdict.Pending), ended.Count,
            over.Count(request => request.Verdict is DeviceVerdict.DeniedByAdministrator));
    }

    private async Task<DeviceStart?> FullAsync(Statements statements, string network, CancellationToken ct)
    {
        var (all, own) = await statements.FindValueAsync($"""
            SELECT count(*) AS live,
                count(CASE WHEN network = @network AND verdict = {(int)DeviceVerdict.Pending} THEN 1 END) AS own
            FROM device_requests WHERE expires_at > {database.Now}
            """, row => (row.Long("live"), row.Long("own")), ct, ("network", network)) ?? default;
        return own >= MaxLivePerNetwork ? DeviceStart.TooManyOfNetwork : all >= MaxLive ? DeviceStart.TooMany : null;
    }

    private static DevicePoll Poll(Row row) => new(
        (DeviceVerdict)row.Int("verdict"), Identifier.OrNull<GrantId>(row.TextOrNull("grant_id")), row.Flag("is_expired"));

    private static ListedDeviceRequest Listed(Row row) => new(
        row.Text("id"), row.Id<ClientId>("client_id"), row.TextOrNull("address"), row.TextOrNull("user_agent"), row.Moment("created_at"),
        row.Moment("expires_at"), StateOf((DeviceVerdict)row.Int("verdict"), row.TextOrNull("looked_up_by")),
        Identifier.OrNull<PersonId>(row.TextOrNull("person_id")), row.TextOrNull("user_name"),
        Identifier.OrNull<SessionId>(row.TextOrNull("session_id")), row.Moment("now"));

    private static DeviceRequestState StateOf(DeviceVerdict verdict, string? lookedUpBy) => verdict switch
    {
        DeviceVerdict.Pending => lookedUpBy is null ? DeviceRequestState.Waiting : DeviceRequestState.Opened,
        DeviceVerdict.Approved => DeviceRequestState.Approved,
        DeviceVerdict.Denied => DeviceRequestState.Denied,
        DeviceVerdict.DeniedByAdministrator => DeviceRequestState.DeniedByAdministrator,
        _ => throw new InvalidOperationException("A device request has an unknown verdict."),
    };

    private static ShownDeviceRequest Shown(Row row) => new(
        row.Text("id"), row.Id<ClientId>("client_id"), row.Text("scopes"), row.TextOrNull("address"), row.TextOrNull("user_agent"),
        row.Moment("created_at"), row.Moment("expires_at"), row.Moment("now"));
}

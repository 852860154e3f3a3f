using System.Globalization;
using System.Text.Json;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Audit;

/// <summary>Appends audit events, alone or in the transaction of the change that they record, and deletes the oldest.</summary>
public sealed class AuditLog(Database database, AuditKeySource keys)
{
    /// <summary>Few enough not to block other transactions for long, and more than one checkpoint can cover.</summary>
    private const int PruneBatch = 5 * AuditCheckpointWriter.BatchSize;

    private const string Columns =
        "at, type, actor, person_id, session_id, grant_id, client_id, address, detail, reason, reference, salt, code";

    private readonly string insert = $"""
        INSERT INTO audit_events ({Columns})
        VALUES ({database.Now}, @type, @actor, @person, @session, @grant, @client, @address, @detail, @reason, @reference, @salt, @code)
        """;

    private readonly string insertMany = InsertMany(database);

    /// <summary>Appends an event in a transaction of its own.</summary>
    public Task AppendAsync(NewAuditEvent auditEvent, CancellationToken ct) => InsertAsync(database, auditEvent, ct);

    /// <summary>Appends an event in a transaction that is already open.</summary>
    public Task AppendAsync(UnitOfWork work, NewAuditEvent auditEvent, CancellationToken ct) => InsertAsync(work, auditEvent, ct);

    /// <summary>Appends all events with one statement.</summary>
    internal async Task AppendAsync(UnitOfWork work, IReadOnlyList<NewAuditEvent> auditEvents, CancellationToken ct)
    {
        if (auditEvents is []) return;
        if (auditEvents is [var single])
        {
            await InsertAsync(work, single, ct);
            return;
        }

        var key = await keys.GetAsync(ct);
        var rows = JsonSerializer.Serialize(auditEvents.Select(one => new AuditRow(one, key)));
        await work.ExecuteAsync(insertMany, ct, ("events", rows));
    }

    /// <summary>
    /// Appends it unless the same event about the same address was appended within <paramref name="period"/>, by any replica. Returns
    /// whether it was appended.
    /// </summary>
    public async Task<bool> AppendOncePerAddressAsync(NewAuditEvent auditEvent, TimeSpan period, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);

        // Without the lock, two concurrent calls would not see each other's event.
        await work.LockAsync(AdvisoryLocks.AppendingOncePerAddress, ct);
        if (await work.ExistsAsync($"""
            SELECT 1 FROM audit_events WHERE at > {database.Now} - @period AND type = @type AND address = @address LIMIT 1
            """, ct, ("period", period), ("type", auditEvent.Type), ("address", auditEvent.Address))) return false;

        await InsertAsync(work, auditEvent, ct);
        await work.CommitAsync(ct);
        return true;
    }

    /// <summary>
    /// Deletes the oldest events whose checkpoints are older than <paramref name="retention"/>, a limited number per call, and returns how
    /// many it deleted. The last of their checkpoints stays, because the next one continues from it, and an audit event records up to which
    /// checkpoint events were deleted. With <paramref name="exportedOnly"/>, events that are not exported yet are not deleted.
    /// </summary>
    public async Task<int> PruneAsync(TimeSpan retention, bool exportedOnly, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        var exported = exportedOnly
            ? "AND NOT EXISTS (SELECT 1 FROM audit_checkpoints w WHERE NOT w.exported AND w.number <= c.number)"
            : "";
        var through = await work.NumberAsync($"""
            SELECT max(number) FROM (
                SELECT c.number, sum(c.events) OVER (ORDER BY c.number) AS total FROM audit_checkpoints c
                    WHERE c.at < {database.Now} - @retention {exported}) old
            WHERE total <= {PruneBatch}
            """, ct, ("retention", retention));
        if (through is null) return 0;

        var deleted = await work.ExecuteAsync("DELETE FROM audit_events WHERE checkpoint <= @through", ct, ("through", through));
        if (deleted == 0) return 0;

        await work.ExecuteAsync("DELETE FROM audit_checkpoints WHERE number < @through", ct, ("through", through));
        await InsertAsync(work,
            new NewAuditEvent(AuditEventType.AuditPruned) { Actor = Actor.Issuer.Name, Detail = PrunedThrough.Write(through.Value) }, ct);
        await work.CommitAsync(ct);
        return deleted;
    }

    private async Task InsertAsync(Statements statements, NewAuditEvent auditEvent, CancellationToken ct)
    {
        var row = new AuditRow(auditEvent, await keys.GetAsync(ct));
        await statements.ExecuteAsync(insert, ct,
            ("type", row.Type), ("actor", row.Actor), ("person", row.PersonId), ("session", row.SessionId), ("grant", row.GrantId),
            ("client", row.ClientId),
            ("address", row.Address), ("detail", row.Detail), ("reason", row.Reason), ("reference", row.Reference), ("salt", row.SaltBytes),
            ("code", row.CodeBytes));
    }

    private static string InsertMany(Database database)
    {
        var (rows, bytes) = database.IsPostgres
            ? ("jsonb_array_elements(@events::jsonb) WITH ORDINALITY AS e (value, key)", "decode({0}, 'hex')")
            : ("json_each(@events) e", "unhex({0})");
        return $"""
            INSERT INTO audit_events ({Columns})
            SELECT {database.Now}, e.value->>'Type', e.value->>'Actor', e.value->>'PersonId', e.value->>'SessionId', e.value->>'GrantId',
                e.value->>'ClientId',
                e.value->>'Address', e.value->>'Detail', e.value->>'Reason', e.value->>'Reference',
                {string.Format(CultureInfo.InvariantCulture, bytes, "e.value->>'Salt'")},
                    {string.Format(CultureInfo.InvariantCulture, bytes, "e.value->>'Code'")}
            FROM {rows} ORDER BY e.key
            """;
    }
}

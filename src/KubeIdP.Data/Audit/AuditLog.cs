using System.Globalization;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Audit;

/// <summary>Facts that stand by themselves, outside of any other transaction.</summary>
public sealed class AuditLog(Database database)
{
    /// <summary>Few enough to hold nobody up, and more than one seal can be over.</summary>
    private const int PruneBatch = 5 * AuditCheckpointWriter.BatchSize;

    /// <summary>
    /// Deletes the oldest facts whose seals are older than <paramref name="retention"/>, some at a time; how many. The last of their seals stays, for the next
    /// one goes on from it, and a fact says up to where they are gone. With <paramref name="exportedOnly"/> one that is still to be written out stays.
    /// </summary>
    public async Task<int> PruneAsync(TimeSpan retention, bool exportedOnly, CancellationToken ct)
    {
        await using var work = await Work.BeginAsync(database, ct);
        var through = await work.ScalarAsync($"""
            SELECT max(number) FROM (
                SELECT s.number, sum(s.facts) OVER (ORDER BY s.number) AS total FROM audit_seals s
                WHERE s.at < {database.Now} - @keep {(exportedOnly ? "AND NOT EXISTS (SELECT 1 FROM audit_seals w WHERE NOT w.exported AND w.number <= s.number)" : "")}) old
            WHERE total <= {PruneBatch}
            """, ct, ("keep", (long)retention.TotalMilliseconds));
        if (through is null) return 0;

        var deleted = await work.ExecuteAsync("DELETE FROM audit_events WHERE seal <= @through", ct, ("through", through));
        if (deleted == 0) return 0;

        await work.ExecuteAsync("DELETE FROM audit_seals WHERE number < @through", ct, ("through", through));
        await work.RecordAsync(new NewAuditEvent(AuditEventType.AuditPruned) { Actor = Actor.Issuer.Name, Detail = PrunedThrough.Write(Convert.ToInt64(through, CultureInfo.InvariantCulture)) }, ct);
        await work.CommitAsync(ct);
        return deleted;
    }

    public async Task AppendAsync(NewAuditEvent entry, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await entry.AppendAsync(database, connection, transaction: null, ct);
    }

    /// <summary>Writes it unless the same fact about the same address was written within <paramref name="period"/>, by any replica.</summary>
    public async Task<bool> AppendOncePerAddressAsync(NewAuditEvent entry, TimeSpan period, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);

        // Neither of two that write at once would see the other's. SQLite has one writer anyway.
        if (database.IsPostgres) await database.ExecuteAsync(connection, transaction, "SELECT pg_advisory_xact_lock(@number)", ct, ("number", AdvisoryLocks.ReportingOncePerAddress));
        await using var command = database.Command(connection, $"""
            SELECT count(*) FROM audit_events WHERE at > {database.Now} - @period AND type = @type AND address = @address
            """, ("period", (long)period.TotalMilliseconds), ("type", entry.Type), ("address", entry.Address));
        command.Transaction = transaction;
        if (Convert.ToInt64(await command.ExecuteScalarAsync(ct), null) > 0) return false;

        await entry.AppendAsync(database, connection, transaction, ct);
        await transaction.CommitAsync(ct);
        return true;
    }
}

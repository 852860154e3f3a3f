using System.Globalization;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Audit;

/// <summary>
/// Passes checkpoints with their events to the export, and then marks each as exported. Each checkpoint has a mark, instead of one position
/// for all, because replicas take turns to export and one that fails is replaced by another.
/// </summary>
public sealed class AuditExportStore(Database database)
{
    /// <summary>
    /// Passes the oldest batches that are not exported yet to <paramref name="write"/>, then marks them, and returns their number. It is
    /// zero while another replica is exporting: two replicas on one host may write to the same file, and each would append at its own idea
    /// of the end. If the process ends before the mark is written, the batches are exported again.
    /// </summary>
    /// <param name="max">Of batches, each of up to <see cref="AuditCheckpointWriter.BatchSize"/> events.</param>
    /// <param name="write">
    /// May take as long as it likes: no transaction that writes is open, so nobody waits for it. If it takes more than a minute, another
    /// replica may begin to export.
    /// </param>
    /// <param name="ct">Cancellation does not prevent the mark for what was passed to <paramref name="write"/>.</param>
    public async Task<int> ExportAsync(int max, Func<IReadOnlyList<AuditBatch>, Task> write, CancellationToken ct)
    {
        await using var exclusive = database.IsPostgres ? await TryLockAsync(ct) : null;
        if (database.IsPostgres && exclusive is null) return 0;

        var batches = await ReadAsync(max, ct);
        if (batches.Count == 0) return 0;
        await write(batches);

        // These batches are written, so a cancellation by the caller must not leave them unmarked.
        await database.ExecuteAsync(
            $"UPDATE audit_checkpoints SET exported = true WHERE number IN ({NumbersOf(batches.Select(batch => batch.Checkpoint))})",
            CancellationToken.None);
        return batches.Count;
    }

    /// <summary>How many covered events are not exported yet.</summary>
    public async Task<long> CountWaitingAsync(CancellationToken ct) =>
        await database.NumberAsync("SELECT sum(events) FROM audit_checkpoints WHERE NOT exported", ct) ?? 0;

    /// <summary>
    /// A transaction that writes nothing and only holds the lock until it ends. An SQLite database has one server and needs no lock.
    /// </summary>
    private async Task<UnitOfWork?> TryLockAsync(CancellationToken ct)
    {
        var exclusive = await database.BeginAsync(ct);
        try
        {
            // If the target of a replica hangs, PostgreSQL ends the transaction, so that another replica can export.
            if (await exclusive.TryLockAsync(AdvisoryLocks.ExportingAudit, ct))
            {
                await exclusive.ExecuteAsync("SET LOCAL idle_in_transaction_session_timeout = '1min'", ct);
                return exclusive;
            }
        }
        catch
        {
            await exclusive.DisposeAsync();
            throw;
        }

        await exclusive.DisposeAsync();
        return null;
    }

    private async Task<IReadOnlyList<AuditBatch>> ReadAsync(int max, CancellationToken ct)
    {
        var checkpoints = await database.ListAsync($"""
            SELECT {AuditRows.CheckpointColumns}, before.code AS previous
            FROM audit_checkpoints c LEFT JOIN audit_checkpoints before ON before.number = c.number - 1
            WHERE NOT c.exported ORDER BY c.number LIMIT {max.ToString(CultureInfo.InvariantCulture)}
            """, row => (Checkpoint: AuditRows.Checkpoint(row), Previous: row.BytesOrNull("previous") ?? []), ct);
        if (checkpoints.Count == 0) return [];

        var numbers = NumbersOf(checkpoints.Select(one => one.Checkpoint));
        var events = (await database.ListAsync(
            $"SELECT {AuditRows.Columns} FROM audit_events a WHERE a.checkpoint IN ({numbers}) ORDER BY a.checkpoint, a.id",
            AuditRows.Event, ct)).ToLookup(one => one.Checkpoint!.Value);
        return [.. checkpoints.Select(one => new AuditBatch(one.Checkpoint, one.Previous, [.. events[one.Checkpoint.Number]]))];
    }

    private static string NumbersOf(IEnumerable<AuditCheckpoint> checkpoints) =>
        string.Join(',', checkpoints.Select(checkpoint => checkpoint.Number.ToString(CultureInfo.InvariantCulture)));
}

using System.Globalization;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Audit;

/// <summary>
/// Hands out checkpoints with their events for export, and marks each as exported when it is through. A mark and not a position in the order: replicas take
/// turns, and one that fails leaves its turn to the others.
/// </summary>
public sealed class AuditExportStore(Database database)
{
    /// <summary>
    /// Hands the oldest batches that are not exported yet to <paramref name="write"/>, then marks them; how many there were, none while another replica is
    /// exporting: two on one host may write to one file, and each appends where it thinks the end is. When the process ends between the two, they are handed
    /// out again.
    /// </summary>
    /// <param name="max">Of batches, each of up to <see cref="AuditCheckpointWriter.BatchSize"/> events.</param>
    /// <param name="write">
    /// May take as long as it likes: no transaction that writes is open, so nobody waits for it. A replica that takes more than a minute loses its turn to another.
    /// </param>
    /// <param name="ct">What has been handed to <paramref name="write"/> is marked all the same.</param>
    public async Task<int> ExportAsync(int max, Func<IReadOnlyList<AuditBatch>, Task> write, CancellationToken ct)
    {
        await using var turn = database.IsPostgres ? await TakeTurnAsync(ct) : null;
        if (database.IsPostgres && turn is null) return 0;

        var batches = await ReadAsync(max, ct);
        if (batches.Count == 0) return 0;
        await write(batches);

        // What is written is written: from here on nothing that the caller wants may leave it unmarked.
        await database.ExecuteAsync(
            $"UPDATE audit_checkpoints SET exported = true WHERE number IN ({NumbersOf(batches.Select(batch => batch.Checkpoint))})", CancellationToken.None);
        return batches.Count;
    }

    /// <summary>How many covered events are not exported yet.</summary>
    public async Task<long> CountWaitingAsync(CancellationToken ct) =>
        await database.NumberAsync("SELECT sum(events) FROM audit_checkpoints WHERE NOT exported", ct) ?? 0;

    /// <summary>A transaction in which nothing is written, for the lock alone, which ends with it; an SQLite database has one server and needs no turns.</summary>
    private async Task<UnitOfWork?> TakeTurnAsync(CancellationToken ct)
    {
        var turn = await database.BeginAsync(ct);
        try
        {
            // Of a replica whose target hangs PostgreSQL takes the turn away.
            if (await turn.TryLockAsync(AdvisoryLocks.ExportingAudit, ct))
            {
                await turn.ExecuteAsync("SET LOCAL idle_in_transaction_session_timeout = '1min'", ct);
                return turn;
            }
        }
        catch
        {
            await turn.DisposeAsync();
            throw;
        }

        await turn.DisposeAsync();
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
            $"SELECT {AuditRows.Columns} FROM audit_events a WHERE a.checkpoint IN ({numbers}) ORDER BY a.checkpoint, a.id", AuditRows.Event, ct)).ToLookup(one => one.Checkpoint!.Value);
        return [.. checkpoints.Select(one => new AuditBatch(one.Checkpoint, one.Previous, [.. events[one.Checkpoint.Number]]))];
    }

    private static string NumbersOf(IEnumerable<AuditCheckpoint> checkpoints) =>
        string.Join(',', checkpoints.Select(checkpoint => checkpoint.Number.ToString(CultureInfo.InvariantCulture)));
}

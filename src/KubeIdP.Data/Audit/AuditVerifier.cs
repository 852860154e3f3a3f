using System.Runtime.CompilerServices;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Audit;

/// <summary>
/// Finds audit events and checkpoints that somebody else changed, inserted or removed, in the database and in exports. If the latest events
/// were removed together with their checkpoints, only an export shows it, because it has a checkpoint that the database does not have.
/// </summary>
/// <remarks>
/// An event that was removed within the second before a checkpoint covered it can't be detected: only its number is missing, and gaps in
/// the numbers have many causes.
/// </remarks>
public sealed class AuditVerifier(Database database, AuditKeySource keys)
{
    /// <summary>Checks a snapshot of the whole database, and exported batches, if any, for consistency and against the database.</summary>
    /// <param name="exported">What was exported; null checks the database alone.</param>
    /// <param name="progress">Called with the number of checked events after each event.</param>
    /// <param name="ct">Cancels the check, which can take long.</param>
    public async Task<AuditVerdict> VerifyAsync(IAsyncEnumerable<AuditBatch>? exported, Action<long>? progress, CancellationToken ct)
    {
        var key = await keys.GetAsync(ct);
        var check = new AuditCheck(key, progress);
        await using var snapshot = await database.BeginSnapshotAsync(ct);
        var pruned = await PrunedThroughAsync(snapshot, key, ct);
        var checkpoints = await CheckCheckpointsAsync(check, snapshot, pruned, ct);
        var uncovered = 0;
        await foreach (
            var auditEvent in EventsAsync(snapshot, "NOT EXISTS (SELECT 1 FROM audit_checkpoints c WHERE c.number = a.checkpoint)", ct))
        {
            check.Event(auditEvent);
            if (auditEvent.Checkpoint is { } missing)
                check.Report(AuditDamage.Inserted, missing, auditEvent.Id,
                    $"Event {auditEvent.Id} refers to checkpoint {missing}, which does not exist.");
            else uncovered++;
        }

        var own = check.Events;
        if (exported is not null) await CheckExportAsync(check, checkpoints, pruned, exported, ct);
        return check.Conclude(own, checkpoints.Count, uncovered, pruned, checkpoints.Keys.DefaultIfEmpty(0).Max());
    }

    /// <summary>All batches in their order. The events of the first are gone when it is the one that pruning has kept.</summary>
    public async IAsyncEnumerable<AuditBatch> ReadAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await using var snapshot = await database.BeginSnapshotAsync(ct);
        await foreach (var batch in BatchesAsync(snapshot, ct)) yield return batch;
    }

    private static async Task<Dictionary<long, byte[]>> CheckCheckpointsAsync(AuditCheck check, UnitOfWork snapshot, long pruned,
        CancellationToken ct)
    {
        var codes = new Dictionary<long, byte[]>();
        var expected = Math.Max(pruned, 1);
        await foreach (var batch in BatchesAsync(snapshot, ct))
        {
            var number = batch.Checkpoint.Number;
            if (number != expected)
                check.Report(codes.Count == 0 ? AuditDamage.Cut : AuditDamage.Gap, number, null,
                    Missing(expected, number, codes.Count == 0, pruned));

            // Retention deleted its events and the checkpoint before it, so it can't be checked.
            var isPruned = number == pruned && batch.Events.Count == 0;
            if (number == expected && !isPruned) check.Checkpoint(batch);
            else foreach (var auditEvent in batch.Events) check.Event(auditEvent);

            codes[number] = batch.Checkpoint.Code;
            expected = number + 1;
        }

        return codes;
    }

    private static async Task CheckExportAsync(
        AuditCheck check, Dictionary<long, byte[]> present, long pruned, IAsyncEnumerable<AuditBatch> exported, CancellationToken ct)
    {
        var checkpoints = new SortedDictionary<long, (byte[] Code, byte[] Previous)>();
        await foreach (var batch in exported.WithCancellation(ct))
        {
            var number = batch.Checkpoint.Number;

            // After a crash a batch comes again.
            if (checkpoints.TryGetValue(number, out var known) && known.Code.AsSpan().SequenceEqual(batch.Checkpoint.Code)) continue;
            if (known.Code is not null)
                check.Report(AuditDamage.Changed, number, null, $"The export has checkpoint {number} twice, and they differ.");
            check.Checkpoint(batch);
            checkpoints[number] = (batch.Checkpoint.Code, batch.Previous);
        }

        var last = 0L;
        foreach (var (number, (code, previous)) in checkpoints)
        {
            if (last > 0 && number != last + 1)
            {
                check.Report(AuditDamage.Gap, number, null,
                    $"The export lacks the checkpoints {last + 1} to {number - 1}, and their events. Were all of its files given?");
            }
            else if (last > 0 && !checkpoints[last].Code.AsSpan().SequenceEqual(previous))
            {
                check.Report(AuditDamage.Changed, number, null,
                    $"In the export, checkpoint {number} does not continue from checkpoint {last}.");
            }

            last = number;
            if (present.TryGetValue(number, out var own))
            {
                if (!own.AsSpan().SequenceEqual(code))
                    check.Report(AuditDamage.Changed, number, null, $"Checkpoint {number} differs between the database and the export.");
            }
            else if (number > pruned)
            {
                check.Report(AuditDamage.Cut, number, null,
                    $"The export has checkpoint {number}, but the database does not: the checkpoint was deleted with its events, or an "
                        + $"older backup was restored.");
            }
        }
    }

    private static async Task<long> PrunedThroughAsync(UnitOfWork snapshot, AuditKey key, CancellationToken ct)
    {
        // An event that this issuer did not write is ignored here; the check of events reports it.
        var through = 0L;
        await foreach (var auditEvent in EventsAsync(snapshot, $"a.type = '{AuditEventType.AuditPruned}'", ct))
        {
            if (auditEvent.Salt is not { } salt) continue;

            var digest = AuditKey.DigestOf(salt, auditEvent.Address, auditEvent.Detail, auditEvent.Reason);
            var code = key.CodeOf(auditEvent.AsNewEvent(), digest);
            if (code.AsSpan().SequenceEqual(auditEvent.Code)) through = Math.Max(through, PrunedThrough.Read(auditEvent.Detail));
        }

        return through;
    }

    private static async IAsyncEnumerable<AuditBatch> BatchesAsync(UnitOfWork snapshot, [EnumeratorCancellation] CancellationToken ct)
    {
        AuditCheckpoint? checkpoint = null;
        byte[] previous = [];
        var events = new List<AuditEvent>();
        var rows = snapshot.StreamAsync($"""
            SELECT {AuditRows.CheckpointColumns}, {AuditRows.Columns}
            FROM audit_checkpoints c LEFT JOIN audit_events a ON a.checkpoint = c.number ORDER BY c.number, a.id
            """, row => (Checkpoint: AuditRows.Checkpoint(row), Event: row.IsNull("id") ? null : AuditRows.Event(row)), ct);
        await foreach (var row in rows)
        {
            if (checkpoint is not null && row.Checkpoint.Number != checkpoint.Number)
            {
                yield return new AuditBatch(checkpoint, previous, events);
                (previous, events, checkpoint) = (checkpoint.Code, [], null);
            }

            checkpoint ??= row.Checkpoint;
            if (row.Event is { } auditEvent) events.Add(auditEvent);
        }

        if (checkpoint is not null) yield return new AuditBatch(checkpoint, previous, events);
    }

    private static IAsyncEnumerable<AuditEvent> EventsAsync(UnitOfWork snapshot, string condition, CancellationToken ct) =>
        snapshot.StreamAsync($"SELECT {AuditRows.Columns} FROM audit_events a WHERE {condition} ORDER BY a.id", AuditRows.Event, ct);

    private static string Missing(long expected, long found, bool isFirst, long pruned) => (isFirst, pruned) switch
    {
        (true, 0) => $"The first checkpoint is {found}: the checkpoints before it were deleted, with their events.",
        (true, _) =>
            $"The first checkpoint is {found}, but retention deleted events only through checkpoint {pruned}: the checkpoints in between "
            + $"were removed by somebody else.",
        _ => $"The checkpoints {expected} to {found - 1} are missing, with their events.",
    };
}

using System.Globalization;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Audit;

/// <summary>
/// Writes a checkpoint over committed audit events, each over the checkpoints before it too. Events are appended without waiting for it,
/// and one that is committed late gets a later checkpoint: the column <c>checkpoint</c> shows what is not covered yet; the number of an
/// event does not.
/// </summary>
public sealed class AuditCheckpointWriter(Database database, AuditKeySource keys)
{
    /// <summary>The most events that one checkpoint covers.</summary>
    public const int BatchSize = 1000;

    private static readonly string FindUncovered =
        $"SELECT id, at, code FROM audit_events WHERE checkpoint IS NULL ORDER BY id LIMIT {BatchSize}";

    /// <summary>The number of events that this call covered. Zero: there are none, or another replica is covering them.</summary>
    public async Task<int> WriteAsync(CancellationToken ct)
    {
        // Usually there is nothing to cover, which needs no transaction to find out.
        if (!await database.ExistsAsync("SELECT 1 FROM audit_events WHERE checkpoint IS NULL LIMIT 1", ct)) return 0;

        var key = await keys.GetAsync(ct);
        await using var work = await database.BeginAsync(ct);
        if (!await work.TryLockAsync(AdvisoryLocks.WritingAuditCheckpoints, ct)) return 0;

        var last = await work.FindAsync("SELECT number, code FROM audit_checkpoints ORDER BY number DESC LIMIT 1",
            row => new Last(row.Long("number"), row.Bytes("code")), ct);
        var events = await work.ListAsync(FindUncovered, row => new CheckpointedEvent(row.Long("id"), row.Moment("at"), row.Bytes("code")),
            ct);
        if (events.Count == 0) return 0;

        var at = await work.MomentAsync($"SELECT {database.Now}", ct);
        var batch = new CheckpointBatch((last?.Number ?? 0) + 1, at!.Value, events);
        var ids = string.Join(',', events.Select(one => one.Id.ToString(CultureInfo.InvariantCulture)));
        await work.ExecuteAsync($"UPDATE audit_events SET checkpoint = @number WHERE id IN ({ids})", ct, ("number", batch.Number));
        await work.ExecuteAsync("INSERT INTO audit_checkpoints (number, at, events, code) VALUES (@number, @at, @events, @code)", ct,
            ("number", batch.Number), ("at", batch.At), ("events", events.Count), ("code", key.CodeOf(batch, last?.Code ?? [])));
        await work.CommitAsync(ct);
        return events.Count;
    }

    private sealed record Last(long Number, byte[] Code);
}

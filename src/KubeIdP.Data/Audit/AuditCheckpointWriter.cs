using System.Data.Common;
using System.Globalization;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Audit;

/// <summary>
/// Puts a seal over committed facts, each over those of the seals before it too. Facts are written without waiting for it, and a fact that is committed late
/// gets a later seal: what has none is told by its mark, not by its number.
/// </summary>
public sealed class AuditCheckpointWriter(Database database)
{
    /// <summary>The most facts under one seal.</summary>
    public const int BatchSize = 1000;

    /// <summary>How many facts have a seal now that had none. None: there are none, or another replica is at it.</summary>
    public async Task<int> SealAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        if (!await AnyAsync(connection, ct)) return 0;

        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (!await AdvisoryLocks.TryTakeAsync(database, connection, transaction, AdvisoryLocks.SealingTheAudit, ct)) return 0;

        var (last, previous) = await LastAsync(connection, transaction, ct);
        var facts = await UnsealedAsync(connection, transaction, ct);
        if (facts.Count == 0) return 0;

        var batch = new CheckpointBatch(last + 1, await NowAsync(connection, transaction, ct), facts);
        var ids = string.Join(',', facts.Select(fact => fact.Id.ToString(CultureInfo.InvariantCulture)));
        await database.ExecuteAsync(connection, transaction, $"UPDATE audit_events SET seal = @number WHERE id IN ({ids})", ct, ("number", batch.Number));
        await database.ExecuteAsync(connection, transaction, "INSERT INTO audit_seals (number, at, facts, code) VALUES (@number, @at, @facts, @code)", ct,
            ("number", batch.Number), ("at", batch.At.ToUnixTimeMilliseconds()), ("facts", facts.Count), ("code", database.AuditKey.CodeOf(batch, previous)));
        await transaction.CommitAsync(ct);
        return facts.Count;
    }

    private async Task<bool> AnyAsync(DbConnection connection, CancellationToken ct)
    {
        await using var command = database.Command(connection, "SELECT 1 FROM audit_events WHERE seal IS NULL LIMIT 1");
        return await command.ExecuteScalarAsync(ct) is not null;
    }

    private async Task<(long Number, byte[] Code)> LastAsync(DbConnection connection, DbTransaction transaction, CancellationToken ct)
    {
        await using var command = database.Command(connection, "SELECT number, code FROM audit_seals ORDER BY number DESC LIMIT 1");
        command.Transaction = transaction;
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? (row.GetInt64(0), row.GetFieldValue<byte[]>(1)) : (0, []);
    }

    private async Task<IReadOnlyList<CheckpointedEvent>> UnsealedAsync(DbConnection connection, DbTransaction transaction, CancellationToken ct)
    {
        await using var command = database.Command(connection, $"SELECT id, at, code FROM audit_events WHERE seal IS NULL ORDER BY id LIMIT {BatchSize}");
        command.Transaction = transaction;
        await using var row = await command.ExecuteReaderAsync(ct);
        var facts = new List<CheckpointedEvent>();
        while (await row.ReadAsync(ct))
            facts.Add(new CheckpointedEvent(row.GetInt64(0), row.Moment(1), row.GetFieldValue<byte[]>(2)));
        return facts;
    }

    private async Task<DateTimeOffset> NowAsync(DbConnection connection, DbTransaction transaction, CancellationToken ct)
    {
        await using var command = database.Command(connection, $"SELECT {database.Now}");
        command.Transaction = transaction;
        return DateTimeOffset.FromUnixTimeMilliseconds(Convert.ToInt64(await command.ExecuteScalarAsync(ct), CultureInfo.InvariantCulture));
    }
}

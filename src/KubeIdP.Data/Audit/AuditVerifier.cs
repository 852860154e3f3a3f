using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using KubeIdP.Data.Storage;
using Microsoft.Data.Sqlite;

namespace KubeIdP.Data.Audit;

/// <summary>
/// Finds what was changed, inserted or removed behind this issuer's back, in the database and in what was exported from it. That the last facts were cut off
/// together with their seals shows an export alone, which has a seal that the database has not.
/// </summary>
/// <remarks>A fact that was removed within the second before it was sealed leaves no trace: its number alone is missing, and numbers are missing for many a reason.</remarks>
public sealed class AuditVerifier(Database database)
{
    /// <summary>The whole database as it is at one moment, and exported batches, if any, in themselves and against it. Reads as much as there is.</summary>
    /// <param name="exported">What was exported; null checks the database alone.</param>
    /// <param name="progress">Told after each fact how many there were.</param>
    public async Task<AuditVerdict> VerifyAsync(IAsyncEnumerable<AuditBatch>? exported, Action<long>? progress, CancellationToken ct)
    {
        var check = new AuditCheck(database.AuditKey, progress);
        await using var connection = await database.OpenAsync(ct);
        await using var snapshot = await BeginSnapshotAsync(connection, ct);
        var pruned = await PrunedThroughAsync(connection, snapshot, ct);
        var seals = await CheckSealsAsync(check, connection, snapshot, pruned, ct);
        var unsealed = 0;
        await foreach (var fact in FactsAsync(connection, snapshot, "NOT EXISTS (SELECT 1 FROM audit_seals s WHERE s.number = a.seal)", ct))
        {
            check.Fact(fact);
            if (fact.Seal is { } missing) check.Report(AuditDamage.Inserted, missing, fact.Id, $"Fact {fact.Id} is under seal {missing}, which there is not.");
            else unsealed++;
        }

        var own = check.Facts;
        if (exported is not null) await CheckExportAsync(check, seals, pruned, exported, ct);
        return check.Conclude(own, seals.Count, unsealed, pruned, seals.Keys.DefaultIfEmpty(0).Max());
    }

    /// <summary>All batches in their order. The facts of the first are gone when it is the one that pruning has kept.</summary>
    public async IAsyncEnumerable<AuditBatch> ReadAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var snapshot = await BeginSnapshotAsync(connection, ct);
        await foreach (var batch in BatchesAsync(connection, snapshot, ct)) yield return batch;
    }

    private async Task<Dictionary<long, byte[]>> CheckSealsAsync(AuditCheck check, DbConnection connection, DbTransaction snapshot, long pruned, CancellationToken ct)
    {
        var codes = new Dictionary<long, byte[]>();
        var expected = Math.Max(pruned, 1);
        await foreach (var batch in BatchesAsync(connection, snapshot, ct))
        {
            var number = batch.Seal.Number;
            if (number != expected)
                check.Report(codes.Count == 0 ? AuditDamage.Cut : AuditDamage.Gap, number, null, Missing(expected, number, codes.Count == 0, pruned));

            // Its facts were deleted because they were old, and the seal before it, without which nothing can be said of it.
            var isPruned = number == pruned && batch.Facts.Count == 0;
            if (number == expected && !isPruned) check.Seal(batch);
            else foreach (var fact in batch.Facts) check.Fact(fact);

            codes[number] = batch.Seal.Code;
            expected = number + 1;
        }

        return codes;
    }

    private static async Task CheckExportAsync(AuditCheck check, Dictionary<long, byte[]> present, long pruned, IAsyncEnumerable<AuditBatch> exported, CancellationToken ct)
    {
        var seals = new SortedDictionary<long, (byte[] Code, byte[] Previous)>();
        await foreach (var batch in exported.WithCancellation(ct))
        {
            var number = batch.Seal.Number;

            // After a crash a batch comes again.
            if (seals.TryGetValue(number, out var known) && known.Code.AsSpan().SequenceEqual(batch.Seal.Code)) continue;
            if (known.Code is not null) check.Report(AuditDamage.Changed, number, null, $"The export has seal {number} twice, and they differ.");
            check.Seal(batch);
            seals[number] = (batch.Seal.Code, batch.Previous);
        }

        var last = 0L;
        foreach (var (number, (code, previous)) in seals)
        {
            if (last > 0 && number != last + 1) check.Report(AuditDamage.Gap, number, null, $"The export lacks the seals {last + 1} to {number - 1}, and their facts. Were all of its files named?");
            else if (last > 0 && !seals[last].Code.AsSpan().SequenceEqual(previous)) check.Report(AuditDamage.Changed, number, null, $"In the export seal {number} does not go on from seal {last}.");
            last = number;

            if (present.TryGetValue(number, out var own))
            {
                if (!own.AsSpan().SequenceEqual(code)) check.Report(AuditDamage.Changed, number, null, $"Seal {number} is another one in the database than it was when it was exported.");
            }
            else if (number > pruned)
            {
                check.Report(AuditDamage.Cut, number, null, $"The export has seal {number}, the database has not: it was cut off, with its facts, or an older backup was restored.");
            }
        }
    }

    private async Task<long> PrunedThroughAsync(DbConnection connection, DbTransaction snapshot, CancellationToken ct)
    {
        // A claim that somebody else wrote counts for nothing; it is found with the other facts.
        var through = 0L;
        await foreach (var fact in FactsAsync(connection, snapshot, $"a.type = '{AuditEventType.AuditPruned}'", ct))
        {
            if (fact.Salt is { } salt && database.AuditKey.CodeOf(fact.AsEntry(), AuditKey.DigestOf(salt, fact.Address, fact.Detail, fact.Reason)).AsSpan().SequenceEqual(fact.Code))
                through = Math.Max(through, PrunedThrough.Read(fact.Detail));
        }

        return through;
    }

    private async IAsyncEnumerable<AuditBatch> BatchesAsync(DbConnection connection, DbTransaction snapshot, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var command = database.Command(connection, $"""
            SELECT s.number, s.at, s.facts, s.code, {AuditRows.Columns} FROM audit_seals s LEFT JOIN audit_events a ON a.seal = s.number ORDER BY s.number, a.id
            """);
        command.Transaction = snapshot;
        command.CommandTimeout = 0;
        await using var row = await command.ExecuteReaderAsync(ct);
        AuditCheckpoint? seal = null;
        byte[] previous = [];
        var facts = new List<AuditEvent>();
        while (await row.ReadAsync(ct))
        {
            if (seal is not null && row.GetInt64(0) != seal.Number)
            {
                yield return new AuditBatch(seal, previous, facts);
                (previous, facts, seal) = (seal.Code, [], null);
            }

            seal ??= AuditRows.ReadSeal(row);
            if (!row.IsDBNull(4)) facts.Add(AuditRows.Read(row, first: 4));
        }

        if (seal is not null) yield return new AuditBatch(seal, previous, facts);
    }

    private async IAsyncEnumerable<AuditEvent> FactsAsync(DbConnection connection, DbTransaction snapshot, string condition, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var command = database.Command(connection, $"SELECT {AuditRows.Columns} FROM audit_events a WHERE {condition} ORDER BY a.id");
        command.Transaction = snapshot;
        command.CommandTimeout = 0;
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct)) yield return AuditRows.Read(row);
    }

    /// <summary>What all statements in it see is one moment; nobody waits for it.</summary>
    private static async Task<DbTransaction> BeginSnapshotAsync(DbConnection connection, CancellationToken ct) => connection is SqliteConnection sqlite
        ? sqlite.BeginTransaction(deferred: true)
        : await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);

    private static string Missing(long expected, long found, bool isFirst, long pruned) => (isFirst, pruned) switch
    {
        (true, 0) => $"The first seal is {found}: what came before it was cut off, with its facts.",
        (true, _) => $"The first seal is {found}, and old facts were deleted through seal {pruned}: what lies between was cut off.",
        _ => $"The seals {expected} to {found - 1} are missing, with their facts.",
    };
}

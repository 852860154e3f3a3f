using System.Data.Common;
using System.Globalization;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Audit;

/// <summary>
/// Sealed facts on their way out of the database, each seal marked when it is through. A mark and not a place in the order: replicas take turns, and one that
/// fails leaves its turn behind the others'.
/// </summary>
public sealed class AuditExportStore(Database database)
{
    /// <summary>
    /// Hands the oldest batches that are not out yet to <paramref name="write"/>, then marks them; how many there were, none while another replica is at it:
    /// two on one host may write to one file, and each appends where it thinks the end is. When the process ends between the two, they are handed out again.
    /// </summary>
    /// <param name="most">Of batches, each of up to <see cref="AuditSealer.BatchSize"/> facts.</param>
    public async Task<int> ExportAsync(int most, Func<IReadOnlyList<AuditBatch>, Task> write, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (!await AdvisoryLocks.TryTakeAsync(database, connection, transaction, AdvisoryLocks.ExportingTheAudit, ct)) return 0;

        var seals = await SealsAsync(connection, transaction, most, ct);
        if (seals.Count == 0) return 0;

        // Of a replica whose disk hangs PostgreSQL takes the turn away.
        if (database.IsPostgres) await database.ExecuteAsync(connection, transaction, "SET LOCAL idle_in_transaction_session_timeout = '1min'", ct);

        var numbers = string.Join(',', seals.Select(seal => seal.Seal.Number.ToString(CultureInfo.InvariantCulture)));
        var facts = await FactsAsync(connection, transaction, numbers, ct);
        await write([.. seals.Select(seal => new AuditBatch(seal.Seal, seal.Previous, [.. facts[seal.Seal.Number]]))]);

        // What is written is written: from here on nothing that the caller wants may leave it unmarked.
        await database.ExecuteAsync(connection, transaction, $"UPDATE audit_seals SET exported = true WHERE number IN ({numbers})", CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return seals.Count;
    }

    private async Task<IReadOnlyList<(AuditSeal Seal, byte[] Previous)>> SealsAsync(DbConnection connection, DbTransaction transaction, int most, CancellationToken ct)
    {
        await using var command = database.Command(connection, $"""
            SELECT s.number, s.at, s.facts, s.code, before.code
            FROM audit_seals s LEFT JOIN audit_seals before ON before.number = s.number - 1
            WHERE NOT s.exported ORDER BY s.number LIMIT {most.ToString(CultureInfo.InvariantCulture)}
            """);
        command.Transaction = transaction;
        await using var row = await command.ExecuteReaderAsync(ct);
        var seals = new List<(AuditSeal, byte[])>();
        while (await row.ReadAsync(ct))
            seals.Add((AuditRows.ReadSeal(row), row.BytesOrNull(4) ?? []));
        return seals;
    }

    private async Task<ILookup<long, AuditEvent>> FactsAsync(DbConnection connection, DbTransaction transaction, string numbers, CancellationToken ct)
    {
        await using var command = database.Command(connection, $"SELECT {AuditRows.Columns} FROM audit_events a WHERE a.seal IN ({numbers}) ORDER BY a.seal, a.id");
        command.Transaction = transaction;
        await using var row = await command.ExecuteReaderAsync(ct);
        var facts = new List<AuditEvent>();
        while (await row.ReadAsync(ct))
            facts.Add(AuditRows.Read(row));
        return facts.ToLookup(fact => fact.Seal!.Value);
    }
}

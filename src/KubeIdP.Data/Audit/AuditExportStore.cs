using System.Globalization;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Audit;

/// <summary>
/// Facts on their way out of the database, each marked when it is through. A mark and not a place in the order: facts become visible in the order of their
/// commits, not of their numbers, and one that comes late would be behind every cursor.
/// </summary>
public sealed class AuditExportStore(Database database)
{
    /// <summary>
    /// Hands the oldest facts that are not out yet to <paramref name="write"/>, then marks them; how many there were. Replicas that do so at once take
    /// different ones. When the process ends between the two, they are handed out again.
    /// </summary>
    public async Task<int> ExportAsync(int most, Func<IReadOnlyList<AuditEvent>, Task> write, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var facts = new List<AuditEvent>();
        await using (var command = database.Command(connection, $"""
            SELECT {AuditRows.Columns} FROM audit_events a WHERE NOT exported ORDER BY id LIMIT {most.ToString(CultureInfo.InvariantCulture)}
            {(database.IsPostgres ? "FOR UPDATE SKIP LOCKED" : "")}
            """))
        {
            command.Transaction = transaction;
            await using var row = await command.ExecuteReaderAsync(ct);
            while (await row.ReadAsync(ct))
                facts.Add(AuditRows.Read(row));
        }

        if (facts.Count == 0) return 0;

        await write(facts);

        // What is written is written: from here on nothing that the caller wants may leave it unmarked.
        var ids = string.Join(',', facts.Select(fact => fact.Id.ToString(CultureInfo.InvariantCulture)));
        await database.ExecuteAsync(connection, transaction, $"UPDATE audit_events SET exported = true WHERE id IN ({ids})", CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return facts.Count;
    }
}

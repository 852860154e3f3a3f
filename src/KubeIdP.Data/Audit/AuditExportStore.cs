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
    /// <param name="max">Of batches, each of up to <see cref="AuditCheckpointWriter.BatchSize"/> facts.</param>
    /// <param name="write">May take as long as it likes: no transaction that writes is open, so nobody waits for it. A replica that takes more than a minute loses its turn to another.</param>
    public async Task<int> ExportAsync(int max, Func<IReadOnlyList<AuditBatch>, Task> write, CancellationToken ct)
    {
        await using var turn = database.IsPostgres ? await TakeTurnAsync(ct) : null;
        if (database.IsPostgres && turn is null) return 0;

        var batches = await ReadAsync(max, ct);
        if (batches.Count == 0) return 0;
        await write(batches);

        // What is written is written: from here on nothing that the caller wants may leave it unmarked.
        await using var connection = await database.OpenAsync(CancellationToken.None);
        await database.ExecuteAsync(connection, null, $"UPDATE audit_seals SET exported = true WHERE number IN ({NumbersOf(batches.Select(batch => batch.Seal))})", CancellationToken.None);
        return batches.Count;
    }

    /// <summary>How many sealed facts are not out yet.</summary>
    public async Task<long> CountWaitingAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection, "SELECT coalesce(sum(facts), 0) FROM audit_seals WHERE NOT exported");
        return Convert.ToInt64(await command.ExecuteScalarAsync(ct), CultureInfo.InvariantCulture);
    }

    /// <summary>A transaction in which nothing is written, for the lock alone, which ends with it; an SQLite database has one server and needs no turns.</summary>
    private async Task<Work?> TakeTurnAsync(CancellationToken ct)
    {
        var turn = await Work.BeginAsync(database, ct);
        try
        {
            // Of a replica whose sink hangs PostgreSQL takes the turn away.
            if (await turn.TryLockAsync(AdvisoryLocks.ExportingTheAudit, ct))
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
        await using var connection = await database.OpenAsync(ct);
        var seals = await SealsAsync(connection, max, ct);
        if (seals.Count == 0) return [];

        var facts = await FactsAsync(connection, NumbersOf(seals.Select(seal => seal.Seal)), ct);
        return [.. seals.Select(seal => new AuditBatch(seal.Seal, seal.Previous, [.. facts[seal.Seal.Number]]))];
    }

    private async Task<IReadOnlyList<(AuditCheckpoint Seal, byte[] Previous)>> SealsAsync(DbConnection connection, int max, CancellationToken ct)
    {
        await using var command = database.Command(connection, $"""
            SELECT s.number, s.at, s.facts, s.code, before.code
            FROM audit_seals s LEFT JOIN audit_seals before ON before.number = s.number - 1
            WHERE NOT s.exported ORDER BY s.number LIMIT {max.ToString(CultureInfo.InvariantCulture)}
            """);
        await using var row = await command.ExecuteReaderAsync(ct);
        var seals = new List<(AuditCheckpoint, byte[])>();
        while (await row.ReadAsync(ct))
            seals.Add((AuditRows.ReadSeal(row), row.BytesOrNull(4) ?? []));
        return seals;
    }

    private async Task<ILookup<long, AuditEvent>> FactsAsync(DbConnection connection, string numbers, CancellationToken ct)
    {
        await using var command = database.Command(connection, $"SELECT {AuditRows.Columns} FROM audit_events a WHERE a.seal IN ({numbers}) ORDER BY a.seal, a.id");
        await using var row = await command.ExecuteReaderAsync(ct);
        var facts = new List<AuditEvent>();
        while (await row.ReadAsync(ct))
            facts.Add(AuditRows.Read(row));
        return facts.ToLookup(fact => fact.Seal!.Value);
    }

    private static string NumbersOf(IEnumerable<AuditCheckpoint> seals) => string.Join(',', seals.Select(seal => seal.Number.ToString(CultureInfo.InvariantCulture)));
}

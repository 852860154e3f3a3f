using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Audit;

/// <summary>Facts that stand by themselves, outside of any other transaction.</summary>
public sealed class AuditLog(Database database)
{
    private const int PruneBatch = 1000;

    /// <summary>
    /// Deletes the oldest facts that are older than <paramref name="retention"/>, few enough to hold nobody up; how many. With <paramref name="exportedOnly"/>
    /// one that is still to be written out stays.
    /// </summary>
    public async Task<int> PruneAsync(TimeSpan retention, bool exportedOnly, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return await database.ExecuteAsync(connection, transaction: null, $"""
            DELETE FROM audit_events WHERE id IN (
                SELECT id FROM audit_events WHERE at < {database.Now} - @keep {(exportedOnly ? "AND exported" : "")} ORDER BY at, id LIMIT {PruneBatch})
            """, ct, ("keep", (long)retention.TotalMilliseconds));
    }

    public async Task AppendAsync(AuditEntry entry, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await entry.AppendAsync(database, connection, transaction: null, ct);
    }

    /// <summary>Writes it unless the same fact about the same address was written within <paramref name="period"/>, by any replica.</summary>
    public async Task<bool> AppendOncePerAddressAsync(AuditEntry entry, TimeSpan period, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
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

using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Factors;

/// <summary>Uses up recovery codes. A person makes them in <see cref="OwnFactorStore"/>.</summary>
public sealed class RecoveryCodeStore(Database database)
{
    /// <summary>
    /// Uses up the code of this hash and forgets the wrong tries before it. How many are left, or null, with nothing written, when there is no such
    /// code, it is used, the epoch has moved on or the person is disabled. Of two that arrive together one gets a number.
    /// </summary>
    public async Task<int?> UseAsync(string personId, long epoch, byte[] hash, NewAuditEvent audit, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);

        // The person first, as everybody who changes factors does it: two orders of locking would be a deadlock.
        var person = await database.ExecuteAsync(connection, transaction, """
            UPDATE people SET factor_failures = 0 WHERE id = @id AND factor_epoch = @epoch AND disabled_at IS NULL
            """, ct, ("id", personId), ("epoch", epoch));
        if (person == 0) return null;

        var used = await database.ExecuteAsync(connection, transaction, $"""
            UPDATE recovery_codes SET used_at = {database.Now} WHERE person_id = @id AND hash = @hash AND used_at IS NULL
            """, ct, ("id", personId), ("hash", hash));
        if (used == 0) return null;

        await using var count = database.Command(connection, "SELECT count(*) FROM recovery_codes WHERE person_id = @id AND used_at IS NULL", ("id", personId));
        count.Transaction = transaction;
        var left = Convert.ToInt32(await count.ExecuteScalarAsync(ct), null);

        await (audit with { Detail = $"{left} left" }).AppendAsync(database, connection, transaction, ct);
        await transaction.CommitAsync(ct);
        return left;
    }
}

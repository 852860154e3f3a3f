using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Factors;

/// <summary>Uses up recovery codes. A person makes them in <see cref="OwnFactorStore"/>.</summary>
public sealed class RecoveryCodeStore(Database database, AuditLog auditLog)
{
    /// <summary>
    /// Uses up the code of this hash and forgets the wrong tries before it. How many are left, or null, with nothing written, when there is no such
    /// code, it is used, the epoch has moved on or the person is disabled. Of two that arrive together one gets a number.
    /// </summary>
    public async Task<int?> UseAsync(PersonId personId, long epoch, byte[] hash, NewAuditEvent audit, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);

        // The person first, as everybody who changes factors does it: two orders of locking would be a deadlock.
        var person = await work.ExecuteAsync(
            "UPDATE people SET factor_failures = 0 WHERE id = @id AND factor_epoch = @epoch AND disabled_at IS NULL", ct, ("id", personId), ("epoch", epoch));
        if (person == 0) return null;

        var used = await work.ExecuteAsync($"""
            UPDATE recovery_codes SET used_at = {database.Now} WHERE person_id = @id AND hash = @hash AND used_at IS NULL
            """, ct, ("id", personId), ("hash", hash));
        if (used == 0) return null;

        var left = (int)(await work.NumberAsync("SELECT count(*) FROM recovery_codes WHERE person_id = @id AND used_at IS NULL", ct, ("id", personId)) ?? 0);
        await auditLog.AppendAsync(work, audit with { Detail = $"{left} left" }, ct);
        await work.CommitAsync(ct);
        return left;
    }
}

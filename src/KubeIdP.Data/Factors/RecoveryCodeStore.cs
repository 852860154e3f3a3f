using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Factors;

/// <summary>Uses up recovery codes. A person makes them in <see cref="OwnFactorStore"/>.</summary>
public sealed class RecoveryCodeStore(Database database, AuditLog auditLog)
{
    /// <summary>
    /// Uses up the code with this hash, and resets the count of wrong attempts. Returns how many codes are left; or null, and writes
    /// nothing, if there is no such code, it was used, the epoch has changed or the person is disabled. Of two concurrent calls only one
    /// gets a number.
    /// </summary>
    public async Task<int?> UseAsync(PersonId personId, long epoch, byte[] hash, NewAuditEvent audit, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        if (!await FactorRows.ResetFailuresAsync(work, personId, epoch, ct)) return null;

        var used = await work.ExecuteAsync($"""
            UPDATE recovery_codes SET used_at = {database.Now} WHERE person_id = @id AND hash = @hash AND used_at IS NULL
            """, ct, ("id", personId), ("hash", hash));
        if (used == 0) return null;

        var left = (int)(
            await work.NumberAsync("SELECT count(*) FROM recovery_codes WHERE person_id = @id AND used_at IS NULL", ct, ("id", personId))
                ?? 0);
        await auditLog.AppendAsync(work, audit with { Detail = $"{left} left" }, ct);
        await work.CommitAsync(ct);
        return left;
    }
}

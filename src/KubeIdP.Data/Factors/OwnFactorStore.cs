using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Fragments;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Factors;

/// <summary>
/// A person's factors as they change them themselves. Each change is one transaction with its audit event; all but a new name raise the
/// person's epoch, which invalidates every unfinished login.
/// </summary>
public sealed class OwnFactorStore(Database database, AuditLog auditLog)
{
    /// <summary>The maximum number of factors per person: each attempt is compared with all of them.</summary>
    public const int MaxFactors = 10;

    public async Task<OwnFactors> ReadAsync(PersonId personId, CancellationToken ct) => new(
        await database.ListAsync(FactorRows.OfPerson, FactorRows.Own, ct, ("id", personId)),
        await database.FindValueAsync("SELECT count(*) AS made, count(used_at) AS used FROM recovery_codes WHERE person_id = @id",
            row => (Made: row.Int("made"), Used: row.Int("used")), ct, ("id", personId)) is { Made: > 0 } codes
                ? codes.Made - codes.Used
                : null);

    /// <summary>
    /// Returns false if the person has the maximum number of factors, if this factor is already stored, or if the session is over.
    /// </summary>
    public Task<bool> AddAsync(FactorOwner owner, ConfirmedFactor factor, NewAuditEvent audit, CancellationToken ct) =>
        ChangeAsync(owner, audit, async work =>
    {
        var added = await work.ExecuteAsync($"""
            INSERT INTO factors (id, person_id, kind, name, state, last_counter, created_at)
            SELECT @factor, p.id, @kind, @name, @state, @counter, {database.Now} FROM people p
            WHERE p.id = @id AND (SELECT count(*) FROM factors f WHERE f.person_id = @id) < {MaxFactors}
            ON CONFLICT (id) DO NOTHING
            """, ct, ("id", owner.PersonId), ("factor", factor.Id), ("kind", factor.Kind.Name), ("name", factor.Name),
            ("state", factor.State),
            ("counter", factor.LastCounter));

        return added == 1;
    }, ct);

    /// <summary>Returns false if the person has no such factor, or if the session is over.</summary>
    public async Task<bool> RenameAsync(FactorOwner owner, string factorId, string name, NewAuditEvent audit, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        var renamed = await work.ExecuteAsync($"""
            UPDATE factors SET name = @name WHERE id = @factor AND person_id = @id AND {LiveSession}
            """, ct, ("id", owner.PersonId), ("session", owner.SessionId), ("factor", factorId), ("name", name));
        if (renamed == 0) return false;

        await auditLog.AppendAsync(work, audit, ct);
        await work.CommitAsync(ct);
        return true;
    }

    public async Task<FactorRemoval> RemoveAsync(FactorOwner owner, string factorId, NewAuditEvent audit, CancellationToken ct)
    {
        var removal = FactorRemoval.NotFound;
        await ChangeAsync(owner, audit, async work =>
        {
            // The person's row is locked, so of two concurrent removals the second one finds the last factor.
            var factors = await work.ListAsync("SELECT id FROM factors WHERE person_id = @id", row => row.Text("id"), ct,
                ("id", owner.PersonId));
            if (!factors.Contains(factorId)) return false;
            if (factors.Count == 1)
            {
                removal = FactorRemoval.LastOne;
                return false;
            }

            await work.ExecuteAsync("DELETE FROM factors WHERE id = @factor AND person_id = @id", ct, ("id", owner.PersonId),
                ("factor", factorId));
            removal = FactorRemoval.Removed;
            return true;
        }, ct);
        return removal;
    }

    /// <summary>Replaces all recovery codes of the person, used or not; false when the session is over.</summary>
    public Task<bool> ReplaceRecoveryCodesAsync(
        FactorOwner owner, IReadOnlyList<byte[]> hashes, NewAuditEvent audit, CancellationToken ct) =>
            ChangeAsync(owner, audit, async work =>
    {
        await FactorRows.ReplaceRecoveryCodesAsync(work, owner.PersonId, hashes, ct);
        return true;
    }, ct);

    private string LiveSession =>
        $"EXISTS (SELECT 1 FROM sessions s WHERE s.id = @session AND s.person_id = @id AND {Live.Session(database, "s")})";

    /// <summary>
    /// Increases the epoch, which also locks the person's row, and then makes the change. If the change returns false, everything is rolled
    /// back.
    /// </summary>
    private async Task<bool> ChangeAsync(FactorOwner owner, NewAuditEvent audit, Func<UnitOfWork, Task<bool>> change, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        var mayChange = await work.ExecuteAsync($"""
            UPDATE people SET {PersonSql.NextEpoch} WHERE id = @id AND disabled_at IS NULL AND {LiveSession}
            """, ct, ("id", owner.PersonId), ("session", owner.SessionId));
        if (mayChange == 0 || !await change(work)) return false;

        await auditLog.AppendAsync(work, audit, ct);
        await work.CommitAsync(ct);
        return true;
    }
}

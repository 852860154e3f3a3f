using System.Data.Common;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Factors;

/// <summary>A factor as its owner sees it.</summary>
/// <param name="Kind">The name of a <see cref="Core.Factors.FactorKind"/>.</param>
public sealed record OwnFactor(string Id, string Kind, string Name, DateTimeOffset CreatedAt);

/// <param name="RecoveryCodesLeft">Codes that have not been used; null when none were ever made.</param>
public sealed record OwnFactors(IReadOnlyList<OwnFactor> Factors, int? RecoveryCodesLeft);

/// <summary>Who changes their own factors, in which session. When that has ended meanwhile, nothing is changed.</summary>
public sealed record FactorOwner(string PersonId, string SessionId);

/// <summary>What became of a removal.</summary>
public enum FactorRemoval
{
    Removed,

    /// <summary>There is no such factor of this person, or the session is over.</summary>
    NotFound,

    /// <summary>It is the last one: without it a password alone would be all that is left.</summary>
    LastOne,
}

/// <summary>
/// A person's factors as they change them themselves. Each change is one transaction with its audit row; all but a new name raise the person's epoch,
/// which voids every half-finished login.
/// </summary>
public sealed class OwnFactorStore(Database database)
{
    /// <summary>Factors that one person may have: each is compared on every try.</summary>
    public const int MaxFactors = 10;

    public async Task<OwnFactors> ReadAsync(string personId, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return new OwnFactors(await FactorsAsync(connection, personId, ct), await CodesLeftAsync(connection, personId, ct));
    }

    /// <summary>False when there are too many already, this very one is stored already, or the session is over.</summary>
    public Task<bool> AddAsync(FactorOwner owner, ConfirmedFactor factor, NewAuditEvent audit, CancellationToken ct) => ChangeAsync(owner, audit, async work =>
    {
        var added = await work.ExecuteAsync($"""
            INSERT INTO factors (id, person_id, kind, name, state, last_counter, created_at)
            SELECT @factor, p.id, @kind, @name, @state, @counter, {database.Now} FROM people p
            WHERE p.id = @id AND (SELECT count(*) FROM factors f WHERE f.person_id = @id) < {MaxFactors}
            ON CONFLICT (id) DO NOTHING
            """, ct, ("id", owner.PersonId), ("factor", factor.Id), ("kind", factor.Kind.Name), ("name", factor.Name), ("state", factor.State),
            ("counter", factor.LastCounter));

        return added == 1;
    }, ct);

    /// <summary>False when there is no such factor of this person, or the session is over.</summary>
    public async Task<bool> RenameAsync(FactorOwner owner, string factorId, string name, NewAuditEvent audit, CancellationToken ct)
    {
        await using var work = await Work.BeginAsync(database, ct);
        var renamed = await work.ExecuteAsync($"""
            UPDATE factors SET name = @name WHERE id = @factor AND person_id = @id AND {LiveSession}
            """, ct, ("id", owner.PersonId), ("session", owner.SessionId), ("factor", factorId), ("name", name));
        if (renamed == 0) return false;

        await work.RecordAsync(audit, ct);
        await work.CommitAsync(ct);
        return true;
    }

    public async Task<FactorRemoval> RemoveAsync(FactorOwner owner, string factorId, NewAuditEvent audit, CancellationToken ct)
    {
        var removal = FactorRemoval.NotFound;
        await ChangeAsync(owner, audit, async work =>
        {
            // The person's row is locked: of two factors that are removed at once, the second is the last one.
            var factors = await work.ListAsync("SELECT id FROM factors WHERE person_id = @id", ct, ("id", owner.PersonId));
            if (!factors.Contains(factorId)) return false;
            if (factors.Count == 1)
            {
                removal = FactorRemoval.LastOne;
                return false;
            }

            await work.ExecuteAsync("DELETE FROM factors WHERE id = @factor AND person_id = @id", ct, ("id", owner.PersonId), ("factor", factorId));
            removal = FactorRemoval.Removed;
            return true;
        }, ct);
        return removal;
    }

    /// <summary>Replaces all recovery codes of the person, used or not; false when the session is over.</summary>
    public Task<bool> ReplaceRecoveryCodesAsync(FactorOwner owner, IReadOnlyList<byte[]> hashes, NewAuditEvent audit, CancellationToken ct) => ChangeAsync(owner, audit, async work =>
    {
        await FactorRows.ReplaceRecoveryCodesAsync(work, owner.PersonId, hashes, ct);
        return true;
    }, ct);

    private string LiveSession => $"EXISTS (SELECT 1 FROM sessions s WHERE s.id = @session AND s.person_id = @id AND s.ended_at IS NULL AND s.ends_at > {database.Now})";

    /// <summary>Raises the epoch, which also locks the person's row, then makes the change; a change that says false leaves nothing behind.</summary>
    private async Task<bool> ChangeAsync(FactorOwner owner, NewAuditEvent audit, Func<Work, Task<bool>> change, CancellationToken ct)
    {
        await using var work = await Work.BeginAsync(database, ct);
        var mayChange = await work.ExecuteAsync($"""
            UPDATE people SET factor_epoch = factor_epoch + 1 WHERE id = @id AND disabled_at IS NULL AND {LiveSession}
            """, ct, ("id", owner.PersonId), ("session", owner.SessionId));
        if (mayChange == 0 || !await change(work)) return false;

        await work.RecordAsync(audit, ct);
        await work.CommitAsync(ct);
        return true;
    }

    private async Task<List<OwnFactor>> FactorsAsync(DbConnection connection, string personId, CancellationToken ct)
    {
        await using var command = database.Command(connection, FactorRows.OfPerson, ("id", personId));
        await using var row = await command.ExecuteReaderAsync(ct);
        var factors = new List<OwnFactor>();
        while (await row.ReadAsync(ct))
            factors.Add(FactorRows.Own(row));
        return factors;
    }

    private async Task<int?> CodesLeftAsync(DbConnection connection, string personId, CancellationToken ct)
    {
        await using var command = database.Command(connection, "SELECT count(*), count(used_at) FROM recovery_codes WHERE person_id = @id", ("id", personId));
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        var (made, used) = (row.GetInt32(0), row.GetInt32(1));
        return made == 0 ? null : made - used;
    }
}

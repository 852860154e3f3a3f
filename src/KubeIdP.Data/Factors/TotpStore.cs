using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Factors;

/// <summary>Uses up the codes of authenticator apps.</summary>
public sealed class TotpStore(Database database)
{
    /// <summary>
    /// Uses up right codes, and resets the count of wrong attempts. Returns false, and writes nothing, if all of these steps (or later ones
    /// of the same factors) have been used, the epoch has changed or the person is disabled. Of two concurrent calls only one returns true.
    /// </summary>
    /// <param name="uses">
    /// Almost always one. If two factors happen to have the same code at this time, it is used up for both; otherwise it could be used
    /// twice.
    /// </param>
    public async Task<bool> UseAsync(PersonId personId, long epoch, IReadOnlyList<TotpUse> uses, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        if (!await FactorRows.ResetFailuresAsync(work, personId, epoch, ct)) return false;

        var used = 0;
        foreach (var use in uses)
        {
            used += await work.ExecuteAsync("""
                UPDATE factors SET last_counter = @counter WHERE id = @factor AND person_id = @id AND last_counter < @counter
                """, ct, ("factor", use.FactorId), ("id", personId), ("counter", use.Step));
        }

        if (used == 0) return false;

        await work.CommitAsync(ct);
        return true;
    }
}

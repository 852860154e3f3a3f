using KubeIdP.Core.Factors;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Factors;

/// <summary>The rows of a person's factors, as stores read them, and write them inside their transactions.</summary>
internal static class FactorRows
{
    /// <summary>A person's (<c>@id</c>) own factors, the oldest first, to be read by <see cref="Own"/>.</summary>
    public const string OfPerson = "SELECT id, kind, name, created_at FROM factors WHERE person_id = @id ORDER BY created_at, id";

    /// <summary>Whether a column names one of these kinds, as an SQL expression.</summary>
    public static string IsOneOf(string column, IEnumerable<FactorKind> kinds)
    {
        var names = string.Join(", ", kinds.Select(kind => $"'{kind.Name}'"));
        return names.Length == 0 ? "1 = 0" : $"{column} IN ({names})";
    }

    public static OwnFactor Own(Row row) => new(row.Text("id"), row.Text("kind"), row.Text("name"), row.Moment("created_at"));

    /// <summary>
    /// Begins to use up a right answer of any kind: resets the count of wrong ones. False if the epoch has changed or the person is
    /// disabled; then nothing may be used up. This locks the person's row first, as all statements that change factors do; a different
    /// order could deadlock.
    /// </summary>
    public static async Task<bool> ResetFailuresAsync(UnitOfWork work, PersonId personId, long epoch, CancellationToken ct) =>
        await work.ExecuteAsync("""
        UPDATE people SET factor_failures = 0 WHERE id = @id AND factor_epoch = @epoch AND disabled_at IS NULL
        """, ct, ("id", personId), ("epoch", epoch)) == 1;

    /// <summary>Gives a person their first factor, with the codes that stand in for it.</summary>
    public static async Task InsertAsync(UnitOfWork work, PersonId personId, FirstFactor first, CancellationToken ct)
    {
        var factor = first.Confirmed;
        await work.ExecuteAsync($"""
            INSERT INTO factors (id, person_id, kind, name, state, last_counter, created_at)
            VALUES (@factor, @id, @kind, @name, @state, @counter, {work.Database.Now})
            """, ct, ("factor", factor.Id), ("id", personId), ("kind", factor.Kind.Name), ("name", factor.Name), ("state", factor.State),
            ("counter", factor.LastCounter));
        await ReplaceRecoveryCodesAsync(work, personId, first.RecoveryCodeHashes, ct);
    }

    /// <summary>Replaces all stored hashes by these.</summary>
    public static async Task ReplaceRecoveryCodesAsync(UnitOfWork work, PersonId personId, IReadOnlyList<byte[]> hashes,
        CancellationToken ct)
    {
        await work.ExecuteAsync("DELETE FROM recovery_codes WHERE person_id = @id", ct, ("id", personId));
        foreach (var hash in hashes)
            await work.ExecuteAsync("INSERT INTO recovery_codes (person_id, hash) VALUES (@id, @hash)", ct, ("id", personId),
                ("hash", hash));
    }

    /// <summary>Deletes all factors and recovery codes of a person.</summary>
    public static async Task DeleteAsync(UnitOfWork work, PersonId personId, CancellationToken ct)
    {
        await work.ExecuteAsync("DELETE FROM factors WHERE person_id = @id", ct, ("id", personId));
        await work.ExecuteAsync("DELETE FROM recovery_codes WHERE person_id = @id", ct, ("id", personId));
    }
}

using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Factors;
using KubeIdP.Data.Fragments;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.People;

/// <summary>
/// Erases the personal data of a person. The row stays with its subject, which does not identify anybody, so that audit events and sessions
/// still belong to one person. The user name stays reserved for <see cref="PersonStore.NameReservation"/>.
/// </summary>
public sealed class PersonErasure(Database database, AuditLog auditLog)
{
    /// <summary>The text that is shown instead of a name.</summary>
    public const string Name = "(erased)";

    /// <summary>For a person who was erased before, this erases what is left; so an interrupted call can be repeated.</summary>
    public async Task<Erasure> EraseAsync(PersonId personId, Actor by, CancellationToken ct)
    {
        await using (var work = await database.BeginAsync(ct))
        {
            // First, and conditional: a concurrent transaction that enables or links the person waits for this row, and then finds nobody
            // to enable.
            var erased = await work.ExecuteAsync(
                $"UPDATE people SET erased_at = {database.Now} WHERE id = @id AND disabled_at IS NOT NULL AND erased_at IS NULL", ct,
                ("id", personId));
            if (erased == 1)
            {
                await EraseRowsAsync(work, personId, ct);
                await auditLog.AppendAsync(work, by.Did(AuditEventType.PersonErased, personId), ct);
                await work.CommitAsync(ct);
            }
            else if (await work.FindValueAsync("SELECT erased_at FROM people WHERE id = @id", row => !row.IsNull("erased_at"), ct,
                ("id", personId)) is not true and var wasErased)
            {
                return wasErased is null ? new Erasure.NotFound() : new Erasure.StillActive();
            }
        }

        return new Erasure.Done(await AuditErasure.EraseAsync(database, personId, ct));
    }

    /// <summary>Some of the people who were removed at least <paramref name="period"/> ago and are not erased yet.</summary>
    public async Task<IReadOnlyList<PersonId>> ListDueAsync(TimeSpan period, CancellationToken ct) => await database.ListAsync(
        $"SELECT id FROM people WHERE removed_at < {database.Now} - @period AND erased_at IS NULL ORDER BY removed_at LIMIT 100",
        row => row.Id<PersonId>("id"), ct, ("period", period));

    /// <summary>Deletes former names whose reservation has expired.</summary>
    public Task PruneNamesAsync(CancellationToken ct) =>
        database.ExecuteAsync($"DELETE FROM former_names WHERE reserved_until <= {database.Now}", ct);

    private async Task EraseRowsAsync(UnitOfWork work, PersonId personId, CancellationToken ct)
    {
        // No person can have a name that begins with "system:"; a row whose name was freed before has such a name.
        await work.ExecuteAsync($"""
            INSERT INTO former_names (normalized_user_name, person_id, reserved_until)
            SELECT normalized_user_name, id, coalesce(removed_at, disabled_at) + @reservation FROM people
            WHERE id = @id AND normalized_user_name NOT LIKE 'system:%' AND coalesce(removed_at,
                disabled_at) + @reservation > {database.Now}
            ON CONFLICT (normalized_user_name) DO NOTHING
            """, ct, ("id", personId), ("reservation", PersonStore.NameReservation));

        // From now on this is a removed local account, so later look-ups in a directory find no row.
        await work.ExecuteAsync($"""
            UPDATE people SET connector = 'local', upstream_id = id, user_name = '{Name}', normalized_user_name = 'system:removed:' || id,
                display_name = NULL, email = NULL, normalized_email = NULL, email_confirmed = false, groups = '[]',
                    password_changed_at = NULL,
                password_hash = NULL, last_login_at = NULL, last_login_amr = NULL,
                removed_at = coalesce(removed_at, {database.Now}), {PersonSql.NextEpoch}, factor_failures = 0,
                {PersonSql.NoOneTimeSecrets}
            WHERE id = @id
            """, ct, ("id", personId));
        await FactorRows.DeleteAsync(work, personId, ct);

        // All of them have ended; how and when stays until retention deletes it.
        await work.ExecuteAsync("UPDATE sessions SET address = NULL, user_agent = NULL WHERE person_id = @id", ct, ("id", personId));
    }
}

using System.Data.Common;
using System.Security.Cryptography;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Factors;
using KubeIdP.Data.Fragments;
using KubeIdP.Data.Sessions;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.People;

/// <summary>
/// Stores the people of directories: each is linked to an account by its immutable id, and updated as the directory describes it. Every
/// change is one transaction that begins with the person's row.
/// </summary>
public sealed class UpstreamPeople(Database database, AuditLog auditLog)
{
    /// <summary>
    /// Finds the person of a directory's account, and creates the person if there is none. A person who had been removed from the directory
    /// is restored.
    /// </summary>
    /// <param name="newId">The subject for a new person.</param>
    public async Task<UpstreamChange> LinkAsync(UpstreamIdentity identity, PersonId newId, Actor by, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        var found = await FindAsync(work, identity, ct);
        if (found is null)
        {
            if (await AddAsync(work, identity, newId, ct))
            {
                await auditLog.AppendAsync(work,
                    by.Did(AuditEventType.PersonAdded, newId, $"{identity.Username} from {identity.Connector}"), ct);
                await work.CommitAsync(ct);
                return new UpstreamChange.Done(newId);
            }

            // Either another person has the name, or the same account signed in twice concurrently.
            found = await FindAsync(work, identity, ct);
            if (found is null) return await NameTakenAsync(work, identity, newId, ct);
        }

        return await WriteAsync(work, found.Value, identity, asOf: null, ct);
    }

    /// <summary>Stores the result of a look-up, unless a later look-up has been stored already.</summary>
    /// <param name="asOf">By the database's clock, before the directory was asked.</param>
    public async Task<UpstreamChange> UpdateAsync(PersonId personId, UpstreamIdentity identity, DateTimeOffset asOf, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        return await WriteAsync(work, personId, identity, asOf, ct);
    }

    /// <summary>The directory still says at <paramref name="asOf"/> what it said at <paramref name="readAt"/>.</summary>
    public async Task ConfirmAsync(PersonId personId, DateTimeOffset readAt, DateTimeOffset asOf, CancellationToken ct)
    {
        await database.ExecuteAsync("UPDATE people SET groups_read_at = @as_of WHERE id = @id AND groups_read_at = @read_at", ct,
            ("id", personId), ("read_at", readAt), ("as_of", asOf));
    }

    /// <summary>
    /// The directory refuses this person: ends all their sessions and invalidates unfinished logins. They may sign in again once the
    /// directory accepts them.
    /// </summary>
    /// <param name="why">Such as <c>corp: Disabled</c>.</param>
    public async Task EndSessionsAsync(PersonId personId, string why, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        await work.ExecuteAsync($"UPDATE people SET {PersonSql.NextEpoch} WHERE id = @id", ct, ("id", personId));
        await work.EndSessionsOfAsync(auditLog, personId, Actor.Issuer, why, ct);
        await work.CommitAsync(ct);
    }

    /// <summary>
    /// The account no longer exists in the directory: ends the sessions and deletes the factors; the row stays to reserve the name. Returns
    /// false if the person was already marked as removed.
    /// </summary>
    public async Task<bool> RemoveAsync(PersonId personId, string why, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        var removed = await work.ExecuteAsync($"""
            UPDATE people SET removed_at = {database.Now}, disabled_at = coalesce(disabled_at, {database.Now}), {PersonSql.NextEpoch},
                enrolment_code_hash = @dead_code, enrolment_code_expires_at = NULL
            WHERE id = @id AND connector <> 'local' AND removed_at IS NULL
            """, ct, ("id", personId), ("dead_code", UnusableCodeHash()));
        if (removed == 0) return false;

        await FactorRows.DeleteAsync(work, personId, ct);
        await work.EndSessionsOfAsync(auditLog, personId, Actor.Issuer, why, ct);
        await auditLog.AppendAsync(work, Actor.Issuer.Did(AuditEventType.PersonRemoved, personId, why), ct);
        await work.CommitAsync(ct);
        return true;
    }

    /// <summary>Stores a one-time enrolment code for a person without a factor; it replaces an older code.</summary>
    public async Task<EnrolmentChange> OfferEnrolmentAsync(PersonId personId, OneTimeSecret code, Actor by, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        var offered = await work.ExecuteAsync($"""
            UPDATE people SET enrolment_code_hash = @hash, enrolment_code_expires_at = {database.Now} + @lifetime
            WHERE id = @id AND {PersonSql.MaySignIn} AND NOT EXISTS (SELECT 1 FROM factors WHERE person_id = @id)
            """, ct, ("id", personId), ("hash", code.Hash), ("lifetime", code.Lifetime));
        if (offered == 0)
        {
            var hasFactor = await work.ExistsAsync("SELECT 1 FROM factors WHERE person_id = @id", ct, ("id", personId));
            return hasFactor ? EnrolmentChange.HasFactor : EnrolmentChange.Barred;
        }

        await auditLog.AppendAsync(work, by.Did(AuditEventType.EnrolmentOffered, personId), ct);
        await work.CommitAsync(ct);
        return EnrolmentChange.Done;
    }

    /// <summary>
    /// A page of the people of a directory who could still sign in or refresh: those with a live session or a factor. Ordered by id, after
    /// <paramref name="after"/>.
    /// </summary>
    public async Task<IReadOnlyList<LeaversCandidate>> ListForLeaversSearchAsync(ConnectorId connector, string after, int count,
        CancellationToken ct) =>
        await database.ListAsync($"""
            SELECT p.id, p.upstream_id FROM people p
            WHERE p.connector = @connector AND p.removed_at IS NULL AND p.id > @after AND (EXISTS (SELECT 1 FROM factors f
                WHERE f.person_id = p.id)
                OR EXISTS (SELECT 1 FROM sessions s WHERE s.person_id = p.id AND {Live.Session(database, "s")}))
            ORDER BY p.id LIMIT @count
            """, row => new LeaversCandidate(row.Id<PersonId>("id"), row.Text("upstream_id")), ct,
            ("connector", connector), ("after", after), ("count", count));

    private static async Task<PersonId?> FindAsync(UnitOfWork work, UpstreamIdentity identity, CancellationToken ct) =>
        await work.FindValueAsync(
        "SELECT id FROM people WHERE connector = @connector AND upstream_id = @upstream", row => row.Id<PersonId>("id"), ct,
        ("connector", identity.Connector), ("upstream", identity.UpstreamId));

    private async Task<bool> AddAsync(UnitOfWork work, UpstreamIdentity identity, PersonId newId, CancellationToken ct)
    {
        if (!await PersonRows.FreeNameAsync(work, UserName.Normalize(identity.Username), newId, ct)) return false;

        // Two unique indexes can refuse this: that of the account and that of the name.
        return await work.ExecuteAsync($"""
            INSERT INTO people (id, connector, upstream_id, user_name, normalized_user_name, display_name, email, normalized_email,
                email_confirmed, groups,
                groups_read_at, password_changed_at, created_at, factor_epoch, factor_failures)
            VALUES (@id, @connector, @upstream, @username, @name, @display_name, @email, @mail, @verified, @groups,
                {database.Now}, @password_changed_at, {database.Now}, 0, 0)
            ON CONFLICT DO NOTHING
            """, ct, [("id", newId), ("connector", identity.Connector), ("upstream", identity.UpstreamId), .. Described(identity)]) == 1;
    }

    private async Task<UpstreamChange> WriteAsync(UnitOfWork work, PersonId personId, UpstreamIdentity identity, DateTimeOffset? asOf,
        CancellationToken ct)
    {
        var name = UserName.Normalize(identity.Username);
        var passwordChanged = await EndSessionsOfOldPasswordAsync(work, personId, identity.PasswordChangedAt, ct);
        try
        {
            if (!await RenameAsync(work, personId, name, ct)) return await NameTakenAsync(work, identity, personId, ct);

            // The statement that removed the person also disabled them, which is undone here; an administrator's disabling stays.
            await work.ExecuteAsync($"""
                UPDATE people SET user_name = @username, normalized_user_name = @name, display_name = @display_name, email = @email,
                    normalized_email = @mail,
                    email_confirmed = @verified, groups = @groups, password_changed_at = coalesce(password_changed_at,
                        @password_changed_at),
                    groups_read_at = {(asOf is null ? database.Now : "@as_of")},
                    removed_at = NULL, disabled_at = CASE WHEN disabled_at = removed_at THEN NULL ELSE disabled_at END
                WHERE id = @id AND connector <> 'local' AND groups_read_at <= {(asOf is null ? database.Now : "@as_of")}
                """, ct, [("id", personId), ("as_of", asOf), .. Described(identity)]);
        }
        catch (DbException fault) when (Database.IsDuplicate(fault))
        {
            // Two people were given the same name concurrently.
            return new UpstreamChange.NameTaken(null);
        }

        await work.CommitAsync(ct);
        return passwordChanged ? new UpstreamChange.PasswordChanged(personId) : new UpstreamChange.Done(personId);
    }

    // Both times come from the directory, so no clock of ours is compared. A directory server that lags behind changes nothing.
    private async Task<bool> EndSessionsOfOldPasswordAsync(UnitOfWork work, PersonId personId, DateTimeOffset? changedAt,
        CancellationToken ct)
    {
        if (changedAt is null) return false;

        var changed = await work.ExecuteAsync($"""
            UPDATE people SET password_changed_at = @changed_at, {PersonSql.NextEpoch} WHERE id = @id AND password_changed_at < @changed_at
            """, ct, ("id", personId), ("changed_at", changedAt.Value));
        if (changed == 0) return false;

        await work.EndSessionsOfAsync(auditLog, personId, Actor.Issuer, GrantEnd.PasswordChanged, ct);
        return true;
    }

    /// <summary>Reserves the old name for its person. Returns false if another person has the new name.</summary>
    private async Task<bool> RenameAsync(UnitOfWork work, PersonId personId, string name, CancellationToken ct)
    {
        var old = await work.TextAsync("SELECT normalized_user_name FROM people WHERE id = @id", ct, ("id", personId));
        if (old is null || old == name) return true;
        if (!await PersonRows.FreeNameAsync(work, name, personId, ct)) return false;
        if (await work.ExistsAsync("SELECT 1 FROM people WHERE normalized_user_name = @name AND id <> @id", ct, ("name", name),
            ("id", personId)))
            return false;

        // A row whose name was freed has a generated name, which needs no reservation.
        if (!UserName.IsAllowed(old)) return true;

        await work.ExecuteAsync($"DELETE FROM former_names WHERE reserved_until <= {database.Now}", ct);
        await work.ExecuteAsync($"""
            INSERT INTO former_names (normalized_user_name, person_id, reserved_until) VALUES (@name, @id, {database.Now} + @reservation)
            ON CONFLICT (normalized_user_name) DO UPDATE SET person_id = excluded.person_id, reserved_until = excluded.reserved_until
            """, ct, ("name", old), ("id", personId), ("reservation", PersonStore.NameReservation));
        await auditLog.AppendAsync(work, Actor.Issuer.Did(AuditEventType.PersonRenamed, personId, $"{old} is now {name}"), ct);
        return true;
    }

    private static async Task<UpstreamChange> NameTakenAsync(UnitOfWork work, UpstreamIdentity identity, PersonId personId,
        CancellationToken ct) =>
        new UpstreamChange.NameTaken(await PersonRows.ReservedUntilAsync(work, UserName.Normalize(identity.Username), personId, ct));

    private static (string Name, object? Value)[] Described(UpstreamIdentity identity) =>
    [
        ("username", UserName.Compose(identity.Username)), ("name", UserName.Normalize(identity.Username)),
        ("display_name", identity.DisplayName),
        ("email", identity.Email), ("mail", identity.Email?.ToLowerInvariant()), ("verified", identity.EmailVerified),
        ("groups", identity.Groups),
        ("password_changed_at", identity.PasswordChangedAt),
    ];

    /// <summary>
    /// A hash that matches no code: a restored person has had a factor before, so their next first factor needs an administrator's code,
    /// even while enrolment is open to people who never had one.
    /// </summary>
    private static byte[] UnusableCodeHash() => RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);
}

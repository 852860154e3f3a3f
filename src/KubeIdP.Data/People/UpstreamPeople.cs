using System.Data.Common;
using System.Security.Cryptography;
using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Factors;
using KubeIdP.Data.Sessions;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.People;

/// <summary>What came of writing down what a directory says about a person.</summary>
public abstract record UpstreamChange
{
    private UpstreamChange()
    {
    }

    public sealed record Done(string PersonId) : UpstreamChange;

    /// <summary>The directory's password is another than before: what the old one opened has ended.</summary>
    public sealed record PasswordChanged(string PersonId) : UpstreamChange;

    /// <summary>Nothing was written: another person has this user name.</summary>
    /// <param name="ReservedUntil">Null when somebody has it now; else it was somebody's and is nobody's until then.</param>
    public sealed record NameTaken(DateTimeOffset? ReservedUntil) : UpstreamChange;
}

/// <summary>Somebody whom the nightly sweep looks up.</summary>
public sealed record WatchedPerson(string PersonId, string UpstreamId);

/// <summary>
/// The people of directories as rows: linked to an account by its immutable id, and written down as the directory describes them. Every change is one
/// transaction that begins with the person's row.
/// </summary>
public sealed class UpstreamPeople(Database database)
{
    /// <summary>Follows a directory's account to its person, and makes the person when there is none. Whoever was gone is back.</summary>
    /// <param name="newId">The subject of somebody new.</param>
    public async Task<UpstreamChange> LinkAsync(UpstreamIdentity identity, string newId, Actor by, CancellationToken ct)
    {
        await using var work = await Work.BeginAsync(database, ct);
        var id = await FindAsync(work, identity, ct);
        if (id is null)
        {
            if (await AddAsync(work, identity, newId, ct))
            {
                await work.RecordAsync(by.Did(AuditEventType.PersonAdded, newId, $"{identity.Username} from {identity.Connector}"), ct);
                await work.CommitAsync(ct);
                return new UpstreamChange.Done(newId);
            }

            // Either somebody else has the name, or the same account has signed in twice at once.
            id = await FindAsync(work, identity, ct);
            if (id is null) return await NameTakenAsync(work, identity, newId, ct);
        }

        return await WriteAsync(work, id, identity, asOf: null, ct);
    }

    /// <summary>Writes down what a look-up brought. What a later look-up has written stays.</summary>
    /// <param name="asOf">By the database's clock, before the directory was asked.</param>
    public async Task<UpstreamChange> UpdateAsync(string personId, UpstreamIdentity identity, DateTimeOffset asOf, CancellationToken ct)
    {
        await using var work = await Work.BeginAsync(database, ct);
        return await WriteAsync(work, personId, identity, asOf, ct);
    }

    /// <summary>The directory still says at <paramref name="asOf"/> what it said at <paramref name="readAt"/>.</summary>
    public async Task ConfirmAsync(string personId, DateTimeOffset readAt, DateTimeOffset asOf, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await database.ExecuteAsync(connection, null, "UPDATE people SET groups_read_at = @as_of WHERE id = @id AND groups_read_at = @read_at", ct,
            ("id", personId), ("read_at", readAt.ToUnixTimeMilliseconds()), ("as_of", asOf.ToUnixTimeMilliseconds()));
    }

    /// <summary>The directory refuses this person: everything open ends, half-finished logins too. Whether they may come back is the directory's to say.</summary>
    /// <param name="why">Such as <c>corp: Disabled</c>.</param>
    public async Task EndSessionsAsync(string personId, string why, CancellationToken ct)
    {
        await using var work = await Work.BeginAsync(database, ct);
        await work.ExecuteAsync("UPDATE people SET factor_epoch = factor_epoch + 1 WHERE id = @id", ct, ("id", personId));
        await PersonSessions.EndAsync(work, database, personId, Actor.Issuer, why, ct);
        await work.CommitAsync(ct);
    }

    /// <summary>
    /// The account is gone: sessions and factors go with it, the row keeps the name from falling to somebody else too soon. False when it was marked
    /// before.
    /// </summary>
    public async Task<bool> RemoveAsync(string personId, string why, CancellationToken ct)
    {
        await using var work = await Work.BeginAsync(database, ct);
        var removed = await work.ExecuteAsync($"""
            UPDATE people SET removed_at = {database.Now}, disabled_at = coalesce(disabled_at, {database.Now}), factor_epoch = factor_epoch + 1,
                enrolment_code_hash = @dead_code, enrolment_code_expires_at = NULL
            WHERE id = @id AND connector <> 'local' AND removed_at IS NULL
            """, ct, ("id", personId), ("dead_code", DeadCode()));
        if (removed == 0) return false;

        await FactorRows.DeleteAsync(work, personId, ct);
        await PersonSessions.EndAsync(work, database, personId, Actor.Issuer, why, ct);
        await work.RecordAsync(Actor.Issuer.Did(AuditEventType.PersonRemoved, personId, why), ct);
        await work.CommitAsync(ct);
        return true;
    }

    /// <summary>Gives somebody without a factor the one-time code that allows to set up the first; an older code is dead.</summary>
    public async Task<EnrolmentChange> OfferEnrolmentAsync(string personId, OneTimeSecret code, Actor by, CancellationToken ct)
    {
        await using var work = await Work.BeginAsync(database, ct);
        var offered = await work.ExecuteAsync($"""
            UPDATE people SET enrolment_code_hash = @hash, enrolment_code_expires_at = {database.Now} + @lifetime
            WHERE id = @id AND disabled_at IS NULL AND removed_at IS NULL AND NOT EXISTS (SELECT 1 FROM factors WHERE person_id = @id)
            """, ct, ("id", personId), ("hash", code.Hash), ("lifetime", PersonRows.Milliseconds(code)));
        if (offered == 0)
        {
            var factor = await work.ScalarAsync("SELECT 1 FROM factors WHERE person_id = @id", ct, ("id", personId));
            return factor is null ? EnrolmentChange.Barred : EnrolmentChange.HasFactor;
        }

        await work.RecordAsync(by.Did(AuditEventType.EnrolmentOffered, personId), ct);
        await work.CommitAsync(ct);
        return EnrolmentChange.Done;
    }

    /// <summary>A page of those of a directory who could still get in: with a live session or a factor. Ordered by id, after <paramref name="after"/>.</summary>
    public async Task<IReadOnlyList<WatchedPerson>> ListWatchedAsync(ConnectorId connector, string after, int count, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection, $"""
            SELECT p.id, p.upstream_id FROM people p
            WHERE p.connector = @connector AND p.removed_at IS NULL AND p.id > @after AND (EXISTS (SELECT 1 FROM factors f WHERE f.person_id = p.id)
                OR EXISTS (SELECT 1 FROM sessions s WHERE s.person_id = p.id AND s.ended_at IS NULL AND s.ends_at > {database.Now}))
            ORDER BY p.id LIMIT @count
            """, ("connector", connector.Value), ("after", after), ("count", count));
        await using var row = await command.ExecuteReaderAsync(ct);
        var page = new List<WatchedPerson>();
        while (await row.ReadAsync(ct))
            page.Add(new WatchedPerson(row.GetString(0), row.GetString(1)));
        return page;
    }

    private static async Task<string?> FindAsync(Work work, UpstreamIdentity identity, CancellationToken ct) =>
        (string?)await work.ScalarAsync("SELECT id FROM people WHERE connector = @connector AND upstream_id = @upstream", ct,
            ("connector", identity.Connector.Value), ("upstream", identity.UpstreamId));

    private async Task<bool> AddAsync(Work work, UpstreamIdentity identity, string newId, CancellationToken ct)
    {
        if (!await PersonRows.FreeNameAsync(work, database, UserName.Normalize(identity.Username), newId, ct)) return false;

        // Both unique indexes have a word: that of the account and that of the name.
        return await work.ExecuteAsync($"""
            INSERT INTO people (id, connector, upstream_id, user_name, normalized_user_name, display_name, email, normalized_email, email_confirmed, groups,
                groups_read_at, password_changed_at, created_at, factor_epoch, factor_failures)
            VALUES (@id, @connector, @upstream, @username, @name, @display_name, @email, @mail, @verified, @groups,
                {database.Now}, @password_changed_at, {database.Now}, 0, 0)
            ON CONFLICT DO NOTHING
            """, ct, [("id", newId), ("connector", identity.Connector.Value), ("upstream", identity.UpstreamId), .. Facts(identity)]) == 1;
    }

    private async Task<UpstreamChange> WriteAsync(Work work, string personId, UpstreamIdentity identity, DateTimeOffset? asOf, CancellationToken ct)
    {
        var name = UserName.Normalize(identity.Username);
        var passwordChanged = await EndWhatTheOldPasswordOpenedAsync(work, personId, identity.PasswordChangedAt, ct);
        try
        {
            if (!await RenameAsync(work, personId, name, ct)) return await NameTakenAsync(work, identity, personId, ct);

            // Who was gone and is back was disabled by the same statement that removed them; an administrator's disabling stays.
            await work.ExecuteAsync($"""
                UPDATE people SET user_name = @username, normalized_user_name = @name, display_name = @display_name, email = @email, normalized_email = @mail,
                    email_confirmed = @verified, groups = @groups, password_changed_at = coalesce(password_changed_at, @password_changed_at),
                    groups_read_at = {(asOf is null ? database.Now : "@as_of")},
                    removed_at = NULL, disabled_at = CASE WHEN disabled_at = removed_at THEN NULL ELSE disabled_at END
                WHERE id = @id AND connector <> 'local' AND groups_read_at <= {(asOf is null ? database.Now : "@as_of")}
                """, ct, [("id", personId), ("as_of", asOf?.ToUnixTimeMilliseconds()), .. Facts(identity)]);
        }
        catch (DbException fault) when (Database.IsDuplicate(fault))
        {
            // Two people were given one name at once.
            return new UpstreamChange.NameTaken(null);
        }

        await work.CommitAsync(ct);
        return passwordChanged ? new UpstreamChange.PasswordChanged(personId) : new UpstreamChange.Done(personId);
    }

    // Both moments are the directory's own, so no clock of ours is in the comparison. A server of the directory that lags behind changes nothing.
    private async Task<bool> EndWhatTheOldPasswordOpenedAsync(Work work, string personId, DateTimeOffset? changedAt, CancellationToken ct)
    {
        if (changedAt is null) return false;

        var changed = await work.ExecuteAsync("""
            UPDATE people SET password_changed_at = @changed_at, factor_epoch = factor_epoch + 1 WHERE id = @id AND password_changed_at < @changed_at
            """, ct, ("id", personId), ("changed_at", changedAt.Value.ToUnixTimeMilliseconds()));
        if (changed == 0) return false;

        await PersonSessions.EndAsync(work, database, personId, Actor.Issuer, GrantEnd.PasswordChanged, ct);
        return true;
    }

    /// <summary>Keeps the old name for its person. False when the new one is somebody else's.</summary>
    private async Task<bool> RenameAsync(Work work, string personId, string name, CancellationToken ct)
    {
        var old = (string?)await work.ScalarAsync("SELECT normalized_user_name FROM people WHERE id = @id", ct, ("id", personId));
        if (old is null || old == name) return true;
        if (!await PersonRows.FreeNameAsync(work, database, name, personId, ct)) return false;
        if (await work.ScalarAsync("SELECT 1 FROM people WHERE normalized_user_name = @name AND id <> @id", ct, ("name", name), ("id", personId)) is not null) return false;

        // A row that had given up its name holds a made-up one, which nobody needs to be kept from.
        if (!UserName.IsAllowed(old)) return true;

        await work.ExecuteAsync($"DELETE FROM former_names WHERE reserved_until <= {database.Now}", ct);
        await work.ExecuteAsync($"""
            INSERT INTO former_names (normalized_user_name, person_id, reserved_until) VALUES (@name, @id, {database.Now} + {PersonRows.Reservation})
            ON CONFLICT (normalized_user_name) DO UPDATE SET person_id = excluded.person_id, reserved_until = excluded.reserved_until
            """, ct, ("name", old), ("id", personId));
        await work.RecordAsync(Actor.Issuer.Did(AuditEventType.PersonRenamed, personId, $"{old} is now {name}"), ct);
        return true;
    }

    private async Task<UpstreamChange> NameTakenAsync(Work work, UpstreamIdentity identity, string personId, CancellationToken ct) =>
        new UpstreamChange.NameTaken(await PersonRows.ReservedUntilAsync(work, database, UserName.Normalize(identity.Username), personId, ct));

    private static (string Name, object? Value)[] Facts(UpstreamIdentity identity) =>
    [
        ("username", UserName.Compose(identity.Username)), ("name", UserName.Normalize(identity.Username)), ("display_name", identity.DisplayName),
        ("email", identity.Email), ("mail", identity.Email?.ToLowerInvariant()), ("verified", identity.EmailVerified),
        ("groups", TextList.Write(identity.Groups)),
        ("password_changed_at", identity.PasswordChangedAt?.ToUnixTimeMilliseconds()),
    ];

    /// <summary>
    /// The hash of nothing: whoever comes back has had a factor, and a first one after that needs an administrator's code, also while enrolment is open to
    /// those who never had any.
    /// </summary>
    private static byte[] DeadCode() => RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);
}

/// <summary>What came of offering an enrolment code.</summary>
public enum EnrolmentChange
{
    Done,

    /// <summary>There is a factor already: a further one is added by the person, a new first one after a reset.</summary>
    HasFactor,

    /// <summary>The person is disabled or removed.</summary>
    Barred,
}

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
/// Changes that administrators make to a person, and that a person makes with a link or a password. Each is one transaction that begins
/// with a conditional UPDATE of the person's row (the order of locks is people, sessions, grants) and ends with its audit event.
/// </summary>
public sealed class PersonStore(Database database, AuditLog auditLog, Administrators administrators)
{
    /// <inheritdoc cref="UserName.Reservation"/>
    public static readonly TimeSpan NameReservation = UserName.Reservation;

    public async Task<NewPersonAnswer> AddAsync(NewPerson person, IReadOnlyList<NewAuditEvent> audit, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        if (!await PersonRows.InsertAsync(work, person, ct))
            return await WhoHasNameAsync(person.NormalizedUsername, ct) ?? new NewPersonAnswer.NameTaken(null);

        await auditLog.AppendAsync(work, audit, ct);
        await work.CommitAsync(ct);
        return new NewPersonAnswer.Added();
    }

    /// <summary>Why a name is not available for a new person; null if it is available.</summary>
    public async Task<NewPersonAnswer.NameTaken?> WhoHasNameAsync(string normalizedName, CancellationToken ct)
    {
        var taken = await database.ListAsync($"""
            SELECT removed_at + @reservation AS reserved_until, {database.Now} AS now FROM people WHERE normalized_user_name = @name
            UNION ALL SELECT reserved_until, {database.Now} AS now FROM former_names WHERE normalized_user_name = @name
            """, row => (ReservedUntil: row.MomentOrNull("reserved_until"), Now: row.Moment("now")), ct,
            ("name", normalizedName), ("reservation", NameReservation));
        return taken.Where(by => by.ReservedUntil is null || by.ReservedUntil > by.Now)
            .Select(by => new NewPersonAnswer.NameTaken(by.ReservedUntil)).FirstOrDefault();
    }

    /// <summary>Once this has returned <see cref="PersonChange.Done"/>, no replica issues anything to this person.</summary>
    public async Task<PersonChange> DisableAsync(PersonId personId, Actor by, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        await Administrators.LockAsync(work, ct);
        if (await administrators.IsLastAsync(work, personId, ct)) return PersonChange.LastAdministrator;

        var disabled = await work.ExecuteAsync($"""
            UPDATE people SET disabled_at = {database.Now}, {PersonSql.NextEpoch} WHERE id = @id AND {PersonSql.MaySignIn}
            """, ct, ("id", personId));
        if (disabled == 0) return await WhyNotAsync(work, personId, PersonChange.NothingToDo, ct);

        await work.EndSessionsOfAsync(auditLog, personId, by, GrantEnd.Disabled, ct);
        return await DoneAsync(work, by.Did(AuditEventType.PersonDisabled, personId), ct);
    }

    public async Task<PersonChange> EnableAsync(PersonId personId, Actor by, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        var enabled = await work.ExecuteAsync($"""
            UPDATE people SET disabled_at = NULL, {PersonSql.NextEpoch} WHERE id = @id AND disabled_at IS NOT NULL AND removed_at IS NULL
            """, ct, ("id", personId));
        return enabled == 0
            ? await WhyNotAsync(work, personId, PersonChange.NothingToDo, ct)
            : await DoneAsync(work, by.Did(AuditEventType.PersonEnabled, personId), ct);
    }

    /// <summary>Only for local accounts; the groups of other people belong to their upstream.</summary>
    public async Task<PersonChange> SetGroupsAsync(PersonId personId, IReadOnlyList<string> groups, Actor by, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        await Administrators.LockAsync(work, ct);
        if (!administrators.Include(ConnectorId.Local, groups) && await administrators.IsLastAsync(work, personId, ct))
            return PersonChange.LastAdministrator;

        var changed = await work.ExecuteAsync($"""
            UPDATE people SET groups = @groups, groups_read_at = {database.Now}
                WHERE id = @id AND connector = 'local' AND removed_at IS NULL
            """, ct, ("id", personId), ("groups", groups));
        return changed == 0
            ? await WhyNotAsync(work, personId, PersonChange.NotLocal, ct)
            : await DoneAsync(work, by.Did(AuditEventType.GroupsChanged, personId, TextList.Write(groups)), ct);
    }

    /// <summary>Only for local accounts. Null removes it.</summary>
    public async Task<PersonChange> SetDisplayNameAsync(PersonId personId, string? displayName, Actor by, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        var changed =
            await work.ExecuteAsync("UPDATE people SET display_name = @name WHERE id = @id AND connector = 'local' AND removed_at IS NULL",
                ct, ("id", personId), ("name", displayName));
        return changed == 0
            ? await WhyNotAsync(work, personId, PersonChange.NotLocal, ct)
            : await DoneAsync(work, by.Did(AuditEventType.DisplayNameChanged, personId, displayName), ct);
    }

    /// <summary>Replaces the person's invitation. Nothing else changes until it is accepted.</summary>
    public async Task<PersonChange> InviteAsync(PersonId personId, OneTimeSecret invitation, Actor by, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        var local = await work.ExistsAsync("SELECT 1 FROM people WHERE id = @id AND connector = 'local'", ct, ("id", personId));
        var invited = await work.ExecuteAsync($"""
            UPDATE people SET invitation_hash = @hash, invitation_expires_at = {database.Now} + @lifetime
            WHERE id = @id AND connector = 'local' AND {PersonSql.MaySignIn}
            """, ct, ("id", personId), ("hash", invitation.Hash), ("lifetime", invitation.Lifetime));
        if (invited == 0) return await WhyNotAsync(work, personId, local ? PersonChange.Disabled : PersonChange.NotLocal, ct);
        return await DoneAsync(work, by.Did(AuditEventType.PersonInvited, personId), ct);
    }

    /// <summary>Removes all second factors. The new enrolment code is needed to set up the next one.</summary>
    public async Task<PersonChange> ResetFactorsAsync(PersonId personId, OneTimeSecret enrolmentCode, Actor by, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        var reset = await work.ExecuteAsync($"""
            UPDATE people SET {PersonSql.NextEpoch}, factor_failures = 0, enrolment_code_hash = @hash,
                enrolment_code_expires_at = {database.Now} + @lifetime
            WHERE id = @id AND removed_at IS NULL
            """, ct, ("id", personId), ("hash", enrolmentCode.Hash), ("lifetime", enrolmentCode.Lifetime));
        if (reset == 0) return PersonChange.NotFound;

        await FactorRows.DeleteAsync(work, personId, ct);
        await work.EndSessionsOfAsync(auditLog, personId, by, GrantEnd.FactorsReset, ct);
        return await DoneAsync(work, by.Did(AuditEventType.FactorsReset, personId), ct);
    }

    /// <summary>
    /// Removes a local account. The row stays, without password and factors, and reserves the name for <see cref="NameReservation"/>.
    /// </summary>
    public async Task<PersonChange> RemoveAsync(PersonId personId, Actor by, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        await Administrators.LockAsync(work, ct);
        if (await administrators.IsLastAsync(work, personId, ct)) return PersonChange.LastAdministrator;

        // Also disabled, so that code that only checks for disabled people refuses removed ones too.
        var removed = await work.ExecuteAsync($"""
            UPDATE people SET removed_at = {database.Now}, disabled_at = coalesce(disabled_at, {database.Now}), password_hash = NULL,
                {PersonSql.NextEpoch},
                {PersonSql.NoOneTimeSecrets}
            WHERE id = @id AND connector = 'local' AND removed_at IS NULL
            """, ct, ("id", personId));
        if (removed == 0) return await WhyNotAsync(work, personId, PersonChange.NotLocal, ct);

        await FactorRows.DeleteAsync(work, personId, ct);
        await work.EndSessionsOfAsync(auditLog, personId, by, GrantEnd.Removed, ct);
        return await DoneAsync(work, by.Did(AuditEventType.PersonRemoved, personId), ct);
    }

    /// <summary>
    /// Ends every session of the person and invalidates their unfinished logins; they may sign in again. Returns the ids of the ended
    /// sessions; null if there is no such person.
    /// </summary>
    public async Task<IReadOnlyList<SessionId>?> EndSessionsAsync(PersonId personId, Actor by, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        var found = await work.ExecuteAsync($"UPDATE people SET {PersonSql.NextEpoch} WHERE id = @id AND removed_at IS NULL", ct,
            ("id", personId));
        if (found == 0) return null;

        var ended = await work.EndSessionsOfAsync(auditLog, personId, by, GrantEnd.EndedByAdministrator, ct);
        if (ended.Count == 0) await auditLog.AppendAsync(work, by.Did(AuditEventType.SessionEnded, personId, "none was open"), ct);
        await work.CommitAsync(ct);
        return [.. ended.Select(session => session.Id)];
    }

    /// <summary>
    /// Replaces the password and ends the person's other sessions, because somebody else may have known the old password. Returns false if
    /// the old password is no longer current, or the session is over.
    /// </summary>
    public async Task<bool> ChangePasswordAsync(FactorOwner owner, string currentHash, string newHash, Actor by, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        var changed = await work.ExecuteAsync($"""
            UPDATE people SET password_hash = @new, {PersonSql.NextEpoch}
            WHERE id = @id AND connector = 'local' AND password_hash = @current AND {PersonSql.MaySignIn}
                AND EXISTS (SELECT 1 FROM sessions s WHERE s.id = @session AND s.person_id = @id AND {Live.Session(database, "s")})
            """, ct, ("id", owner.PersonId), ("session", owner.SessionId), ("current", currentHash), ("new", newHash));
        if (changed == 0) return false;

        var personId = owner.PersonId;
        await work.EndSessionsOfAsync(auditLog, personId, by, GrantEnd.PasswordChanged, ct, owner.SessionId);
        await auditLog.AppendAsync(work, by.Did(AuditEventType.PasswordChanged, personId), ct);
        await work.CommitAsync(ct);
        return true;
    }

    /// <summary>
    /// Stores a new hash of the same password, but only if the stored hash is still the one that was checked: a password that was changed
    /// in the meantime must not come back.
    /// </summary>
    public Task ReplaceHashAsync(PersonId personId, string currentHash, string newHash, CancellationToken ct) => database.ExecuteAsync(
        "UPDATE people SET password_hash = @new WHERE id = @id AND password_hash = @current", ct, ("id", personId),
        ("current", currentHash), ("new", newHash));

    private static async Task<PersonChange> WhyNotAsync(UnitOfWork work, PersonId personId, PersonChange whenThere, CancellationToken ct) =>
        await work.ExistsAsync("SELECT 1 FROM people WHERE id = @id AND removed_at IS NULL", ct, ("id", personId))
            ? whenThere
            : PersonChange.NotFound;

    private async Task<PersonChange> DoneAsync(UnitOfWork work, NewAuditEvent audit, CancellationToken ct)
    {
        await auditLog.AppendAsync(work, audit, ct);
        await work.CommitAsync(ct);
        return PersonChange.Done;
    }
}

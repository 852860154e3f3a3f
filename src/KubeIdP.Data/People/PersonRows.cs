using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.People;

/// <summary>The rows that make up an account, as the stores of this folder write them inside their transactions.</summary>
internal static class PersonRows
{
    /// <summary>False, and nothing written, when the name is somebody's or still reserved.</summary>
    public static async Task<bool> InsertAsync(UnitOfWork work, NewPerson person, CancellationToken ct)
    {
        if (!await FreeNameAsync(work, person.NormalizedUsername, new PersonId(person.Id), ct)) return false;

        // The unique index has the last word when two add one name at once.
        return await work.ExecuteAsync($"""
            INSERT INTO people (id, connector, upstream_id, user_name, normalized_user_name, display_name, email, normalized_email, email_confirmed, groups, groups_read_at,
                created_at, password_hash, factor_epoch, factor_failures,
                enrolment_code_hash, enrolment_code_expires_at, invitation_hash, invitation_expires_at)
            VALUES (@id, 'local', @id, @username, @name, @display_name, @email, @mail, false, @groups, {work.Database.Now}, {work.Database.Now}, @password, 0, 0,
                @code, {work.Database.Now} + @code_lifetime, @invitation, {work.Database.Now} + @invitation_lifetime)
            ON CONFLICT (normalized_user_name) DO NOTHING
            """, ct, ("id", person.Id), ("username", person.Username), ("name", person.NormalizedUsername), ("display_name", person.DisplayName),
            ("email", person.Email), ("mail", person.Email?.ToLowerInvariant()), ("groups", person.Groups), ("password", person.PasswordHash),
            ("code", person.EnrolmentCode?.Hash), ("code_lifetime", person.EnrolmentCode?.Lifetime),
            ("invitation", person.Invitation?.Hash), ("invitation_lifetime", person.Invitation?.Lifetime)) == 1;
    }

    /// <summary>
    /// Has a name that was given up long ago taken from the row that still holds it. False when it is kept for somebody who had it until lately; whether
    /// somebody has it now is for the unique index to say.
    /// </summary>
    public static async Task<bool> FreeNameAsync(UnitOfWork work, string name, PersonId personId, CancellationToken ct)
    {
        // No name of a person can begin with "system:".
        await work.ExecuteAsync($"""
            UPDATE people SET user_name = user_name || ' (removed)', normalized_user_name = 'system:removed:' || id
            WHERE normalized_user_name = @name AND id <> @id AND removed_at <= {work.Database.Now} - @reservation
            """, ct, ("name", name), ("id", personId), ("reservation", PersonStore.NameReservation));
        return await ReservedUntilAsync(work, name, personId, ct) is null;
    }

    /// <summary>Until when a name is kept for another person who had it; null when it isn't.</summary>
    public static Task<DateTimeOffset?> ReservedUntilAsync(UnitOfWork work, string name, PersonId personId, CancellationToken ct) => work.MomentAsync($"""
        SELECT reserved_until FROM former_names WHERE normalized_user_name = @name AND person_id <> @id AND reserved_until > {work.Database.Now}
        """, ct, ("name", name), ("id", personId));
}

using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.People;

/// <summary>Statements about the rows of an account that the stores of this folder run inside their transactions.</summary>
internal static class PersonRows
{
    /// <summary>Returns false, and writes nothing, if the name is taken or reserved.</summary>
    public static async Task<bool> InsertAsync(UnitOfWork work, NewPerson person, CancellationToken ct)
    {
        if (!await FreeNameAsync(work, person.NormalizedUsername, person.Id, ct)) return false;

        // If two transactions add the same name concurrently, the unique index decides.
        return await work.ExecuteAsync($"""
            INSERT INTO people (id, connector, upstream_id, user_name, normalized_user_name, display_name, email, normalized_email,
                email_confirmed, groups, groups_read_at,
                created_at, password_hash, factor_epoch, factor_failures,
                enrolment_code_hash, enrolment_code_expires_at, invitation_hash, invitation_expires_at)
            VALUES (@id, 'local', @id, @username, @name, @display_name, @email, @mail, false, @groups, {work.Database.Now},
                {work.Database.Now}, @password, 0, 0,
                @code, {work.Database.Now} + @code_lifetime, @invitation, {work.Database.Now} + @invitation_lifetime)
            ON CONFLICT (normalized_user_name) DO NOTHING
            """, ct, ("id", person.Id), ("username", person.Username), ("name", person.NormalizedUsername),
            ("display_name", person.DisplayName),
            ("email", person.Email), ("mail", person.Email?.ToLowerInvariant()), ("groups", person.Groups),
            ("password", person.PasswordHash),
            ("code", person.EnrolmentCode?.Hash), ("code_lifetime", person.EnrolmentCode?.Lifetime),
            ("invitation", person.Invitation?.Hash), ("invitation_lifetime", person.Invitation?.Lifetime)) == 1;
    }

    /// <summary>
    /// Frees a name whose reservation has expired from the row that still has it. Returns false if it is reserved for another person;
    /// whether another person has it now is decided by the unique index.
    /// </summary>
    public static async Task<bool> FreeNameAsync(UnitOfWork work, string name, PersonId personId, CancellationToken ct)
    {
        // No person can have a name that begins with "system:".
        await work.ExecuteAsync($"""
            UPDATE people SET user_name = user_name || ' (removed)', normalized_user_name = 'system:removed:' || id
            WHERE normalized_user_name = @name AND id <> @id AND removed_at <= {work.Database.Now} - @reservation
            """, ct, ("name", name), ("id", personId), ("reservation", PersonStore.NameReservation));
        return await ReservedUntilAsync(work, name, personId, ct) is null;
    }

    /// <summary>Until when a name is reserved for another person who had it; null if it is not reserved.</summary>
    public static Task<DateTimeOffset?> ReservedUntilAsync(UnitOfWork work, string name, PersonId personId, CancellationToken ct) =>
        work.MomentAsync($"""
        SELECT reserved_until FROM former_names
            WHERE normalized_user_name = @name AND person_id <> @id AND reserved_until > {work.Database.Now}
        """, ct, ("name", name), ("id", personId));
}

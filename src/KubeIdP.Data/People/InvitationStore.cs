using KubeIdP.Data.Audit;
using KubeIdP.Data.Factors;
using KubeIdP.Data.Sessions;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.People;

/// <summary>The person whom a live invitation link is for.</summary>
public sealed record Invitee(string PersonId, string Username, long Epoch, int FactorFailures);

/// <summary>An invitation with all that its holder chose.</summary>
/// <param name="Epoch">The person's epoch when they began; when it has moved on, nothing is stored.</param>
public sealed record AcceptedInvitation(string PersonId, byte[] Hash, long Epoch, string PasswordHash, FirstFactor Factor);

/// <summary>Invitation links: looked at as often as one likes, used up once.</summary>
public sealed class InvitationStore(Database database)
{
    /// <summary>Null for a link that was used, replaced, is out of date or never was, and for a person who may not sign in: nobody is told which.</summary>
    public async Task<Invitee?> FindAsync(byte[] hash, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection, $"""
            SELECT id, user_name, factor_epoch, factor_failures FROM people
            WHERE invitation_hash = @hash AND invitation_expires_at > {database.Now} AND disabled_at IS NULL AND removed_at IS NULL
            """, ("hash", hash));
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? new Invitee(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt32(3)) : null;
    }

    /// <summary>
    /// Gives the account its password and its factor, in the place of any that it had, and uses up the invitation; sessions that rest on what was
    /// before are over. False, and nothing written, when the invitation is no longer good or the epoch has moved on.
    /// </summary>
    public async Task<bool> AcceptAsync(AcceptedInvitation accepted, Actor by, CancellationToken ct)
    {
        await using var work = await Work.BeginAsync(database, ct);
        var used = await work.ExecuteAsync($"""
            UPDATE people SET password_hash = @password, factor_epoch = factor_epoch + 1, factor_failures = 0,
                invitation_hash = NULL, invitation_expires_at = NULL, enrolment_code_hash = NULL, enrolment_code_expires_at = NULL
            WHERE id = @id AND factor_epoch = @epoch AND invitation_hash = @hash AND invitation_expires_at > {database.Now}
                AND disabled_at IS NULL AND removed_at IS NULL
            """, ct, ("id", accepted.PersonId), ("epoch", accepted.Epoch), ("hash", accepted.Hash), ("password", accepted.PasswordHash));
        if (used == 0) return false;

        await FactorRows.DeleteAsync(work, accepted.PersonId, ct);
        await FactorRows.InsertAsync(work, database, accepted.PersonId, accepted.Factor, ct);
        await PersonSessions.EndAsync(work, database, accepted.PersonId, by, GrantEnd.InvitationAccepted, ct);
        await work.RecordAsync(by.Did(AuditEventType.InvitationAccepted, accepted.PersonId), ct);
        await work.CommitAsync(ct);
        return true;
    }
}

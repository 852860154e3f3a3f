using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Factors;
using KubeIdP.Data.Fragments;
using KubeIdP.Data.Sessions;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.People;

/// <summary>Invitation links, which can be opened any number of times and used once.</summary>
public sealed class InvitationStore(Database database, AuditLog auditLog)
{
    /// <summary>
    /// Null for a link that was used, replaced, has expired or never existed, and for a person who may not sign in; the visitor does not
    /// learn which.
    /// </summary>
    public Task<Invitee?> FindAsync(byte[] hash, CancellationToken ct) => database.FindAsync($"""
        SELECT id, user_name, factor_epoch, factor_failures FROM people
        WHERE invitation_hash = @hash AND invitation_expires_at > {database.Now} AND {PersonSql.MaySignIn}
        """,
        row => new Invitee(row.Id<PersonId>("id"), row.Text("user_name"), row.Long("factor_epoch"), row.Int("factor_failures")), ct,
        ("hash", hash));

    /// <summary>
    /// Sets the password and the factor of the account, replacing existing ones, uses up the invitation, and ends existing sessions.
    /// Returns false, and writes nothing, if the invitation is no longer valid or the epoch has changed.
    /// </summary>
    public async Task<bool> AcceptAsync(AcceptedInvitation accepted, Actor by, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        var used = await work.ExecuteAsync($"""
            UPDATE people SET password_hash = @password, {PersonSql.NextEpoch}, factor_failures = 0,
                {PersonSql.NoOneTimeSecrets}
            WHERE id = @id AND factor_epoch = @epoch AND invitation_hash = @hash AND invitation_expires_at > {database.Now}
                AND {PersonSql.MaySignIn}
            """, ct, ("id", accepted.PersonId), ("epoch", accepted.Epoch), ("hash", accepted.Hash), ("password", accepted.PasswordHash));
        if (used == 0) return false;

        await FactorRows.DeleteAsync(work, accepted.PersonId, ct);
        await FactorRows.InsertAsync(work, accepted.PersonId, accepted.Factor, ct);
        await work.EndSessionsOfAsync(auditLog, accepted.PersonId, by, GrantEnd.InvitationAccepted, ct);
        await auditLog.AppendAsync(work, by.Did(AuditEventType.InvitationAccepted, accepted.PersonId), ct);
        await work.CommitAsync(ct);
        return true;
    }
}

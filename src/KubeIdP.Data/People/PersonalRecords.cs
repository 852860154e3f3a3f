using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Factors;
using KubeIdP.Data.Sessions;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.People;

/// <summary>Gathers a <see cref="PersonalRecord"/>.</summary>
public sealed class PersonalRecords(Database database, AuditLog auditLog)
{
    /// <summary>Null when there is no such person. Reading it is recorded as an audit event, which is not in the result.</summary>
    public async Task<PersonalRecord?> ReadAsync(PersonId personId, Actor by, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        (string, object?) id = ("id", personId);
        var factors = await work.ListAsync(FactorRows.OfPerson, FactorRows.Own, ct, id);
        var person = await work.FindAsync($"""
            SELECT {ShownPerson.Columns(database)}, p.upstream_id, p.password_changed_at, p.last_login_at, p.last_login_amr, p.erased_at
            FROM people p WHERE p.id = @id
            """, row => Person(row, factors), ct, id);
        if (person is null) return null;

        var record = person with
        {
            FormerNames = await work.ListAsync(
                "SELECT normalized_user_name, person_id, reserved_until FROM former_names WHERE person_id = @id ORDER BY "
                    + "normalized_user_name", FormerName, ct, id),
            RecoveryCodes = (int)(await work.NumberAsync("SELECT count(*) FROM recovery_codes WHERE person_id = @id", ct, id) ?? 0),
            Sessions = await SessionsAsync(work, id, ct),
            Audit = await work.ListAsync("""
                SELECT id, at, type, actor, person_id, session_id, client_id, address, detail, reason, reference
                FROM audit_events WHERE person_id = @id OR actor = @id ORDER BY at, id
                """, AuditEvent, ct, id),
        };
        await auditLog.AppendAsync(work, by.Did(AuditEventType.PersonExported, personId), ct);
        await work.CommitAsync(ct);
        return record;
    }

    private static async Task<IReadOnlyList<ShownSession>> SessionsAsync(UnitOfWork work, (string, object?) id, CancellationToken ct)
    {
        var grants = (await work.ListAsync($"""
            SELECT {ShownGrants.Columns} FROM grants g JOIN sessions s ON s.id = g.session_id WHERE s.person_id = @id
                ORDER BY g.created_at, g.id
            """, ShownGrants.Read, ct, id)).ToLookup(grant => grant.SessionId);
        return await work.ListAsync($"""
            SELECT {SessionRows.Columns(work.Database)} FROM sessions s JOIN people p ON p.id = s.person_id WHERE s.person_id = @id
                ORDER BY s.auth_time, s.id
            """, row => SessionRows.Read(row) with { Grants = [.. grants[row.Id<SessionId>("id")]] }, ct, id);
    }

    private static PersonalRecord Person(Row row, IReadOnlyList<OwnFactor> factors) => new(ShownPerson.Read(row, factors))
    {
        UpstreamId = row.Text("upstream_id"),
        PasswordChangedAt = row.MomentOrNull("password_changed_at"),
        LastLoginAt = row.MomentOrNull("last_login_at"),
        LastLoginAmr = row.TextOrNull("last_login_amr"),
        ErasedAt = row.MomentOrNull("erased_at"),
    };

    private static FormerName FormerName(Row row) =>
        new() { NormalizedUserName = row.Text("normalized_user_name"), PersonId = row.Text("person_id"),
            ReservedUntil = row.Moment("reserved_until") };

    private static RecordedAuditEvent AuditEvent(Row row) => new(
        row.Long("id"), row.Moment("at"), row.Text("type"), row.TextOrNull("actor"), row.TextOrNull("person_id"),
        row.TextOrNull("session_id"),
        row.TextOrNull("client_id"), row.TextOrNull("address"), row.TextOrNull("detail"), row.TextOrNull("reason"),
        row.TextOrNull("reference"));
}

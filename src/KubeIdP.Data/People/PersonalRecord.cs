using System.Data.Common;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Factors;
using KubeIdP.Data.Sessions;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.People;

/// <summary>All that is kept of a person (GDPR Art. 15), but for secrets and what stands for them.</summary>
public sealed record PersonalRecord(
    string Subject, string Username, string? DisplayName, string? Email, string Connector, string UpstreamId, IReadOnlyList<string> Groups, DateTimeOffset GroupsReadAt,
    DateTimeOffset? PasswordChangedAt, DateTimeOffset CreatedAt, DateTimeOffset? LastLoginAt, string? LastLoginAmr, DateTimeOffset? DisabledAt, DateTimeOffset? RemovedAt, DateTimeOffset? ErasedAt)
{
    /// <summary>Names that are kept for them.</summary>
    public IReadOnlyList<FormerName> FormerNames { get; init; } = [];

    public IReadOnlyList<OwnFactor> Authenticators { get; init; } = [];

    public int RecoveryCodes { get; init; }

    public IReadOnlyList<RecordedSession> Sessions { get; init; } = [];

    /// <summary>What they did and what was done to them, the oldest first.</summary>
    public IReadOnlyList<RecordedAuditEvent> Audit { get; init; } = [];
}

/// <summary>A session and what was opened in it.</summary>
public sealed record RecordedSession(
    string Id, DateTimeOffset AuthTime, string Amr, string? Address, string? UserAgent, DateTimeOffset LastSeenAt, DateTimeOffset EndsAt, DateTimeOffset? EndedAt, string? EndedWhy)
{
    public IReadOnlyList<ShownGrant> Grants { get; init; } = [];
}

/// <summary>A fact without its proof.</summary>
public sealed record RecordedAuditEvent(
    long Id, DateTimeOffset At, string Type, string? Actor, string? Person, string? Session, string? Client, string? Address, string? Detail, string? Reason, string? Reference);

/// <summary>Gathers a <see cref="PersonalRecord"/>.</summary>
public sealed class PersonalRecords(Database database)
{
    /// <summary>Null when there is no such person. That it was read is a fact of the audit, and not yet in it.</summary>
    public async Task<PersonalRecord?> ReadAsync(string personId, Actor by, CancellationToken ct)
    {
        await using var work = await Work.BeginAsync(database, ct);
        (string, object?) id = ("id", personId);
        var person = await work.ListAsync("""
            SELECT id, user_name, display_name, email, connector, upstream_id, groups, groups_read_at, password_changed_at, created_at, last_login_at, last_login_amr,
                disabled_at, removed_at, erased_at
            FROM people WHERE id = @id
            """, Profile, ct, id);
        if (person is not [var profile]) return null;

        var grants = await work.ListAsync("""
            SELECT g.id, g.session_id, g.client_id, coalesce(g.code_redeemed_at, g.created_at), g.last_used_at, g.refreshes, g.ended_at, g.ended_why
            FROM grants g JOIN sessions s ON s.id = g.session_id WHERE s.person_id = @id ORDER BY g.created_at, g.id
            """, Grant, ct, id);
        var record = profile with
        {
            FormerNames = await work.ListAsync("SELECT normalized_user_name, person_id, reserved_until FROM former_names WHERE person_id = @id ORDER BY normalized_user_name", FormerName, ct, id),
            Authenticators = await work.ListAsync(FactorRows.OfPerson, FactorRows.Own, ct, id),
            RecoveryCodes = Convert.ToInt32(await work.ScalarAsync("SELECT count(*) FROM recovery_codes WHERE person_id = @id", ct, id), null),
            Sessions = [.. (await work.ListAsync("""
                SELECT id, auth_time, amr, address, user_agent, last_seen_at, ends_at, ended_at, ended_why FROM sessions WHERE person_id = @id ORDER BY auth_time, id
                """, Session, ct, id)).Select(session => session with { Grants = [.. grants.Where(grant => grant.SessionId == session.Id)] })],
            Audit = await work.ListAsync("""
                SELECT id, at, type, actor, person_id, session_id, client_id, address, detail, reason, reference FROM audit_events WHERE person_id = @id OR actor = @id ORDER BY at, id
                """, Fact, ct, id),
        };
        await work.RecordAsync(by.Did(AuditEventType.PersonExported, personId), ct);
        await work.CommitAsync(ct);
        return record;
    }

    private static PersonalRecord Profile(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.StringOrNull(2), row.StringOrNull(3), row.GetString(4), row.GetString(5), row.Texts(6), row.Moment(7),
        row.MomentOrNull(8), row.Moment(9), row.MomentOrNull(10), row.StringOrNull(11), row.MomentOrNull(12), row.MomentOrNull(13), row.MomentOrNull(14));

    private static FormerName FormerName(DbDataReader row) => new() { NormalizedUserName = row.GetString(0), PersonId = row.GetString(1), ReservedUntil = row.Moment(2) };

    private static ShownGrant Grant(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), row.Moment(3), row.Moment(4), row.GetInt64(5), row.MomentOrNull(6), row.StringOrNull(7));

    private static RecordedSession Session(DbDataReader row) => new(
        row.GetString(0), row.Moment(1), row.GetString(2), row.StringOrNull(3), row.StringOrNull(4), row.Moment(5), row.Moment(6), row.MomentOrNull(7), row.StringOrNull(8));

    private static RecordedAuditEvent Fact(DbDataReader row) => new(
        row.GetInt64(0), row.Moment(1), row.GetString(2), row.StringOrNull(3), row.StringOrNull(4), row.StringOrNull(5), row.StringOrNull(6), row.StringOrNull(7),
        row.StringOrNull(8), row.StringOrNull(9), row.StringOrNull(10));
}

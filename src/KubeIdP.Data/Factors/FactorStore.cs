using KubeIdP.Core.Factors;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Fragments;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Factors;

/// <summary>
/// Second factors as rows. Who guesses here already has the password, so a try is counted before it is looked at, and everything that is good
/// once is used up by one conditional UPDATE whose affected row is the verdict.
/// </summary>
public sealed class FactorStore(Database database, AuditLog auditLog)
{
    /// <summary>So many wrong codes since the last right one, and the factor is barred until an administrator resets it.</summary>
    public const int MaxFailures = 100;

    private readonly string read = $"""
        SELECT p.factor_epoch, p.factor_failures, p.disabled_at, p.enrolment_code_hash, p.enrolment_code_expires_at, p.connector, {database.Now} AS now,
            f.id, f.kind, f.state
        FROM people p LEFT JOIN factors f ON f.person_id = p.id
        WHERE p.id = @id ORDER BY f.created_at, f.id
        """;

    private readonly string useEnrolmentCode = $"""
        UPDATE people SET enrolment_code_hash = NULL, enrolment_code_expires_at = NULL, {PersonSql.NextEpoch}, factor_failures = 0
        WHERE id = @id AND factor_epoch = @epoch AND enrolment_code_hash = @hash AND enrolment_code_expires_at > {database.Now} AND disabled_at IS NULL
        """;

    // An administrator's code, once made, is needed: after a reset the password alone is not enough again.
    private readonly string enrolOpenly = $"""
        UPDATE people SET {PersonSql.NextEpoch}, factor_failures = 0
        WHERE id = @id AND factor_epoch = @epoch AND connector <> 'local' AND enrolment_code_hash IS NULL AND disabled_at IS NULL AND {database.Now} < @open_before
            AND NOT EXISTS (SELECT 1 FROM factors WHERE person_id = @id)
        """;

    /// <summary>Null when there is no such person.</summary>
    public async Task<FactorStatus?> ReadAsync(PersonId personId, CancellationToken ct)
    {
        var rows = await database.ListAsync(read, row => (Person: Status(row), Factor: row.IsNull("id") ? null : Stored(row)), ct, ("id", personId));
        return rows is [var first, ..] ? first.Person with { Factors = [.. rows.Select(row => row.Factor).OfType<StoredFactor>()] } : null;
    }

    /// <summary>The kinds of the factors that a person has set up, as <see cref="FactorKind.All"/> orders them.</summary>
    /// <exception cref="ArgumentException">Of one of them this version knows nothing: that the person has none must not be thought.</exception>
    public async Task<IReadOnlyList<FactorKind>> KindsAsync(PersonId personId, CancellationToken ct)
    {
        var names = await database.ListAsync("SELECT DISTINCT kind FROM factors WHERE person_id = @id", row => row.Text("kind"), ct, ("id", personId));
        var kinds = names.Select(FactorKind.Of).ToHashSet();
        return [.. FactorKind.All.Where(kinds.Contains)];
    }

    /// <summary>Everybody's factors, one by one as they are read.</summary>
    public IAsyncEnumerable<(string Username, PersonId PersonId, StoredFactor Factor)> ListAsync(CancellationToken ct) => database.StreamAsync("""
        SELECT p.user_name, p.id AS person_id, f.id, f.kind, f.state FROM factors f JOIN people p ON p.id = f.person_id ORDER BY p.user_name, f.id
        """, row => (row.Text("user_name"), new PersonId(row.Text("person_id")), Stored(row)), ct);

    /// <summary>
    /// Counts a try before its code is looked at, so that no number of parallel guesses gets past <paramref name="limit"/>.
    /// The count with this try, or null when the limit was reached before, the epoch has moved on or the person is disabled: then no code may be looked at.
    /// </summary>
    public async Task<int?> CountTryAsync(PersonId personId, long epoch, int limit, CancellationToken ct) => (int?)await database.NumberAsync("""
        UPDATE people SET factor_failures = factor_failures + 1
        WHERE id = @id AND factor_epoch = @epoch AND factor_failures < @limit AND disabled_at IS NULL
        RETURNING factor_failures
        """, ct, ("id", personId), ("epoch", epoch), ("limit", limit));

    /// <summary>Gives back a try that was right but proves no factor yet: the enrolment code.</summary>
    public Task ReturnTryAsync(PersonId personId, long epoch, CancellationToken ct) => database.ExecuteAsync("""
        UPDATE people SET factor_failures = factor_failures - 1 WHERE id = @id AND factor_epoch = @epoch AND factor_failures > 0
        """, ct, ("id", personId), ("epoch", epoch));

    /// <summary>
    /// Uses up the counters at which a proof was right, and forgets the wrong tries before it. False, and nothing written, when each of them or a later one of
    /// the same factor has been used, the epoch has moved on or the person is disabled. Of two that arrive together one is true.
    /// </summary>
    /// <param name="uses">
    /// Almost always one. When by chance two factors have the same code at this moment, it is used up at both: else it would be good twice.
    /// </param>
    public async Task<bool> UseAsync(PersonId personId, long epoch, IReadOnlyList<FactorUse> uses, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);

        // The person first, as everybody who changes factors does it: two orders of locking would be a deadlock.
        var person = await work.ExecuteAsync("""
            UPDATE people SET factor_failures = 0 WHERE id = @id AND factor_epoch = @epoch AND disabled_at IS NULL
            """, ct, ("id", personId), ("epoch", epoch));
        if (person == 0) return false;

        var used = 0;
        foreach (var use in uses)
        {
            used += await work.ExecuteAsync("""
                UPDATE factors SET last_counter = @counter WHERE id = @factor AND person_id = @id AND last_counter < @counter
                """, ct, ("factor", use.FactorId), ("id", personId), ("counter", use.Counter));
        }

        if (used == 0) return false;

        await work.CommitAsync(ct);
        return true;
    }

    /// <summary>
    /// Stores a confirmed factor and uses up the enrolment code that allowed it. False, and nothing written, when the code is another, used
    /// or out of date, the epoch has moved on or the person is disabled. After it the epoch is one higher.
    /// </summary>
    public async Task<bool> EnrolAsync(NewFactor factor, NewAuditEvent audit, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        var used = factor.EnrolmentCodeHash is { } hash
            ? await work.ExecuteAsync(useEnrolmentCode, ct, ("id", factor.PersonId), ("epoch", factor.Epoch), ("hash", hash))
            : await work.ExecuteAsync(enrolOpenly, ct,
                ("id", factor.PersonId), ("epoch", factor.Epoch), ("open_before", factor.OpenBefore ?? DateTimeOffset.UnixEpoch));
        if (used == 0) return false;

        await FactorRows.InsertAsync(work, factor.PersonId, factor.First, ct);
        await auditLog.AppendAsync(work, audit, ct);
        await work.CommitAsync(ct);
        return true;
    }

    private static FactorStatus Status(Row row) => new()
    {
        Epoch = row.Long("factor_epoch"),
        Failures = row.Int("factor_failures"),
        Disabled = !row.IsNull("disabled_at"),
        EnrolmentCodeHash = row.BytesOrNull("enrolment_code_hash"),
        EnrolmentCodeExpiresAt = row.MomentOrNull("enrolment_code_expires_at"),
        IsUpstream = row.Text("connector") != ConnectorId.Local.Value,
        Factors = [],
        Now = row.Moment("now"),
    };

    private static StoredFactor Stored(Row row) => new(row.Text("id"), row.Text("kind"), row.Bytes("state"));
}

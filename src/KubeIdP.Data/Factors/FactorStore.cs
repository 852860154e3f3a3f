using KubeIdP.Core.Factors;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Fragments;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Factors;

/// <summary>
/// Stores second factors, and counts the attempts at them. Whoever guesses here has already given a first proof, so an attempt is counted
/// before it is checked, and everything that is valid only once is used up by one conditional UPDATE whose affected row is the verdict.
/// What a right answer uses up depends on the kind of the factor, so each kind has that statement in a store of its own.
/// </summary>
public sealed class FactorStore(Database database, AuditLog auditLog)
{
    /// <summary>After this many wrong codes since the last right one, the factor is locked until an administrator resets it.</summary>
    public const int MaxFailures = 100;

    private readonly string read = $"""
        SELECT p.factor_epoch, p.factor_failures, p.disabled_at, p.enrolment_code_hash, p.enrolment_code_expires_at, p.connector,
            {database.Now} AS now,
            f.id, f.kind, f.state
        FROM people p LEFT JOIN factors f ON f.person_id = p.id
        WHERE p.id = @id ORDER BY f.created_at, f.id
        """;

    private readonly string useEnrolmentCode = $"""
        UPDATE people SET enrolment_code_hash = NULL, enrolment_code_expires_at = NULL, {PersonSql.NextEpoch}, factor_failures = 0
        WHERE id = @id AND factor_epoch = @epoch AND enrolment_code_hash = @hash AND enrolment_code_expires_at > {database.Now}
            AND disabled_at IS NULL
        """;

    // Once an administrator has created an enrolment code it is required, so that after a reset the password alone is not enough.
    private readonly string enrolOpenly = $"""
        UPDATE people SET {PersonSql.NextEpoch}, factor_failures = 0
        WHERE id = @id AND factor_epoch = @epoch AND connector <> 'local' AND enrolment_code_hash IS NULL AND disabled_at IS NULL
            AND {database.Now} < @open_before
            AND NOT EXISTS (SELECT 1 FROM factors WHERE person_id = @id)
        """;

    /// <summary>Null when there is no such person.</summary>
    public async Task<FactorStatus?> ReadAsync(PersonId personId, CancellationToken ct)
    {
        var rows = await database.ListAsync(read, row => (Person: Status(row), Factor: row.IsNull("id") ? null : Stored(row)), ct,
            ("id", personId));
        return rows is [var first, ..] ? first.Person with { Factors = [.. rows.Select(row => row.Factor).OfType<StoredFactor>()] } : null;
    }

    /// <summary>The kinds of the factors that a person has set up, as <see cref="FactorKind.All"/> orders them.</summary>
    /// <exception cref="ArgumentException">
    /// This version does not know the kind of one of the factors; to leave it out would let the person appear to have no factor.
    /// </exception>
    public async Task<IReadOnlyList<FactorKind>> KindsAsync(PersonId personId, CancellationToken ct)
    {
        var names = await database.ListAsync("SELECT DISTINCT kind FROM factors WHERE person_id = @id", row => row.Text("kind"), ct,
            ("id", personId));
        var kinds = names.Select(FactorKind.Of).ToHashSet();
        return [.. FactorKind.All.Where(kinds.Contains)];
    }

    /// <summary>Everybody's factors, one by one as they are read.</summary>
    public IAsyncEnumerable<(string Username, PersonId PersonId, StoredFactor Factor)> ListAsync(CancellationToken ct) =>
        database.StreamAsync("""
        SELECT p.user_name, p.id AS person_id, f.id, f.kind, f.state FROM factors f JOIN people p ON p.id = f.person_id
            ORDER BY p.user_name, f.id
        """, row => (row.Text("user_name"), row.Id<PersonId>("person_id"), Stored(row)), ct);

    /// <summary>
    /// Counts an attempt before its code is checked, so that parallel guesses can't exceed <paramref name="limit"/>. Returns the count
    /// including this attempt, or null if the limit was already reached, the epoch has changed or the person is disabled; then the code
    /// must not be checked.
    /// </summary>
    public async Task<int?> CountAttemptAsync(PersonId personId, long epoch, int limit, CancellationToken ct) =>
        (int?)await database.NumberAsync("""
        UPDATE people SET factor_failures = factor_failures + 1
        WHERE id = @id AND factor_epoch = @epoch AND factor_failures < @limit AND disabled_at IS NULL
        RETURNING factor_failures
        """, ct, ("id", personId), ("epoch", epoch), ("limit", limit));

    /// <summary>Undoes the count of an attempt that was right but proves no factor: a valid enrolment code.</summary>
    public Task ReturnAttemptAsync(PersonId personId, long epoch, CancellationToken ct) => database.ExecuteAsync("""
        UPDATE people SET factor_failures = factor_failures - 1 WHERE id = @id AND factor_epoch = @epoch AND factor_failures > 0
        """, ct, ("id", personId), ("epoch", epoch));

    /// <summary>
    /// Stores a confirmed factor and uses up the enrolment code that allowed it. Returns false, and writes nothing, if the code does not
    /// match, was used or has expired, the epoch has changed or the person is disabled. On success the epoch increases by one.
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

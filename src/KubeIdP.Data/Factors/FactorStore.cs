using System.Data.Common;
using System.Runtime.CompilerServices;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Factors;

/// <summary>What the second factor of a person rests on, as the database saw it at <see cref="Now"/>.</summary>
public sealed record FactorStatus
{
    public required long Epoch { get; init; }

    public required int Failures { get; init; }

    public required bool Disabled { get; init; }

    public required byte[]? EnrolmentCodeHash { get; init; }

    public required DateTimeOffset? EnrolmentCodeExpiresAt { get; init; }

    /// <summary>Whether the account lives in a directory.</summary>
    public required bool IsUpstream { get; init; }

    /// <summary>The person's factors, oldest first; empty before the first is set up.</summary>
    public required IReadOnlyList<StoredFactor> Factors { get; init; }

    public required DateTimeOffset Now { get; init; }
}

/// <param name="Kind">The name of a <see cref="Core.Factors.FactorKind"/>.</param>
/// <param name="State">See <see cref="Factor.State"/>.</param>
public sealed record StoredFactor(string Id, string Kind, byte[] State);

/// <summary>The counter at which a factor was proven; see <see cref="Factor.LastCounter"/>.</summary>
public sealed record FactorUse(string FactorId, long Counter);

/// <summary>A first factor about to be stored.</summary>
/// <param name="Epoch">The epoch of the login that sets it up; when the person's has moved on, nothing is stored.</param>
/// <param name="EnrolmentCodeHash">The code that allowed it. It is used up together with the INSERT. Null while enrolment is open.</param>
public sealed record NewFactor(string PersonId, FirstFactor First, long Epoch, byte[]? EnrolmentCodeHash)
{
    /// <summary>Until when a person of a directory, who has had neither code nor factor, needs no code.</summary>
    public DateTimeOffset? OpenBefore { get; init; }
}

/// <summary>
/// Second factors as rows. Who guesses here already has the password, so a try is counted before it is looked at, and everything that is good
/// once is used up by one conditional UPDATE whose affected row is the verdict.
/// </summary>
public sealed class FactorStore(Database database)
{
    /// <summary>So many wrong codes since the last right one, and the factor is barred until an administrator resets it.</summary>
    public const int MaxFailures = 100;

    private readonly string read = $"""
        SELECT p.factor_epoch, p.factor_failures, p.disabled_at, p.enrolment_code_hash, p.enrolment_code_expires_at, {database.Now}, f.id, f.kind, f.state, p.connector
        FROM people p LEFT JOIN factors f ON f.person_id = p.id
        WHERE p.id = @id ORDER BY f.created_at, f.id
        """;

    private readonly string useEnrolmentCode = $"""
        UPDATE people SET enrolment_code_hash = NULL, enrolment_code_expires_at = NULL, factor_epoch = factor_epoch + 1, factor_failures = 0
        WHERE id = @id AND factor_epoch = @epoch AND enrolment_code_hash = @hash AND enrolment_code_expires_at > {database.Now} AND disabled_at IS NULL
        """;

    // An administrator's code, once made, is needed: after a reset the password alone is not enough again.
    private readonly string enrolOpenly = $"""
        UPDATE people SET factor_epoch = factor_epoch + 1, factor_failures = 0
        WHERE id = @id AND factor_epoch = @epoch AND connector <> 'local' AND enrolment_code_hash IS NULL AND disabled_at IS NULL AND {database.Now} < @open_before
            AND NOT EXISTS (SELECT 1 FROM factors WHERE person_id = @id)
        """;

    /// <summary>Null when there is no such person.</summary>
    public async Task<FactorStatus?> ReadAsync(string personId, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection, read, ("id", personId));
        await using var row = await command.ExecuteReaderAsync(ct);
        if (!await row.ReadAsync(ct)) return null;

        var factors = new List<StoredFactor>();
        var status = new FactorStatus
        {
            Epoch = row.GetInt64(0),
            Failures = row.GetInt32(1),
            Disabled = !row.IsDBNull(2),
            EnrolmentCodeHash = row.BytesOrNull(3),
            EnrolmentCodeExpiresAt = row.MomentOrNull(4),
            Now = row.Moment(5),
            IsUpstream = row.GetString(9) != "local",
            Factors = factors,
        };
        if (row.IsDBNull(6)) return status;

        do
            factors.Add(Stored(row, 6));
        while (await row.ReadAsync(ct));
        return status;
    }

    /// <summary>Everybody's factors, one by one as they are read.</summary>
    public async IAsyncEnumerable<(string Username, string PersonId, StoredFactor Factor)> ListAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection, """
            SELECT p.user_name, p.id, f.id, f.kind, f.state FROM factors f JOIN people p ON p.id = f.person_id ORDER BY p.user_name, f.id
            """);
        command.CommandTimeout = 0;
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
            yield return (row.GetString(0), row.GetString(1), Stored(row, 2));
    }

    /// <summary>
    /// Counts a try before its code is looked at, so that no number of parallel guesses gets past <paramref name="limit"/>.
    /// The count with this try, or null when the limit was reached before, the epoch has moved on or the person is disabled: then no code may be looked at.
    /// </summary>
    public async Task<int?> CountTryAsync(string personId, long epoch, int limit, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection, """
            UPDATE people SET factor_failures = factor_failures + 1
            WHERE id = @id AND factor_epoch = @epoch AND factor_failures < @limit AND disabled_at IS NULL
            RETURNING factor_failures
            """, ("id", personId), ("epoch", epoch), ("limit", limit));
        return await command.ExecuteScalarAsync(ct) is { } count ? Convert.ToInt32(count, null) : null;
    }

    /// <summary>Gives back a try that was right but proves no factor yet: the enrolment code.</summary>
    public async Task ReturnTryAsync(string personId, long epoch, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection, """
            UPDATE people SET factor_failures = factor_failures - 1 WHERE id = @id AND factor_epoch = @epoch AND factor_failures > 0
            """, ("id", personId), ("epoch", epoch));
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>
    /// Uses up the counters at which a proof was right, and forgets the wrong tries before it. False, and nothing written, when each of them or a later one of
    /// the same factor has been used, the epoch has moved on or the person is disabled. Of two that arrive together one is true.
    /// </summary>
    /// <param name="uses">
    /// Almost always one. When by chance two factors have the same code at this moment, it is used up at both: else it would be good twice.
    /// </param>
    public async Task<bool> UseAsync(string personId, long epoch, IReadOnlyList<FactorUse> uses, CancellationToken ct)
    {
        await using var work = await Work.BeginAsync(database, ct);

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
        await using var work = await Work.BeginAsync(database, ct);
        var used = factor.EnrolmentCodeHash is { } hash
            ? await work.ExecuteAsync(useEnrolmentCode, ct, ("id", factor.PersonId), ("epoch", factor.Epoch), ("hash", hash))
            : await work.ExecuteAsync(enrolOpenly, ct,
                ("id", factor.PersonId), ("epoch", factor.Epoch), ("open_before", factor.OpenBefore?.ToUnixTimeMilliseconds() ?? 0));
        if (used == 0) return false;

        await FactorRows.InsertAsync(work, database, factor.PersonId, factor.First, ct);
        await work.RecordAsync(audit, ct);
        await work.CommitAsync(ct);
        return true;
    }

    private static StoredFactor Stored(DbDataReader row, int column) => new(row.GetString(column), row.GetString(column + 1), row.GetFieldValue<byte[]>(column + 2));
}

using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Audit;

/// <summary>
/// Takes address, detail and reason out of a person's facts; what happened, to which subject, and the proof of it stay. What the person did to others stays
/// whole: it is about those.
/// </summary>
internal static class AuditErasure
{
    private const int BatchSize = 500;

    /// <summary>Some hundred facts in a transaction; how many it were in all. What was erased before is passed over.</summary>
    public static async Task<long> EraseAsync(Database database, string personId, CancellationToken ct)
    {
        var total = 0L;
        while (await EraseBatchAsync(database, personId, ct) is > 0 and var erased) total += erased;
        return total;
    }

    private static async Task<int> EraseBatchAsync(Database database, string personId, CancellationToken ct)
    {
        await using var work = await Work.BeginAsync(database, ct);
        var found = await work.ListAsync($"""
            SELECT id, salt, address, detail, reason FROM audit_events
            WHERE (person_id = @person OR (actor = @person AND person_id IS NULL)) AND salt IS NOT NULL
                AND (address IS NOT NULL OR detail IS NOT NULL OR reason IS NOT NULL) AND type <> '{AuditEventType.PersonErased}'
            ORDER BY id LIMIT {BatchSize.ToString(CultureInfo.InvariantCulture)}
            """, Digest, ct, ("person", personId));
        if (found.Count == 0) return 0;

        var (rows, bytes) = database.IsPostgres ? ("jsonb_array_elements(@found::jsonb) AS e (value)", "decode(e.value->>'Digest', 'hex')") : ("json_each(@found) e", "unhex(e.value->>'Digest')");
        var erased = await work.ExecuteAsync($"""
            UPDATE audit_events SET address = NULL, detail = NULL, reason = NULL, salt = NULL, digest = {bytes}
            FROM {rows} WHERE audit_events.id = CAST(e.value->>'Id' AS bigint) AND salt IS NOT NULL
            """, ct, ("found", JsonSerializer.Serialize(found)));
        await work.CommitAsync(ct);
        return erased;
    }

    private static ErasedAuditEvent Digest(DbDataReader row) =>
        new(row.GetInt64(0), Convert.ToHexString(AuditKey.DigestOf(row.GetFieldValue<byte[]>(1), row.StringOrNull(2), row.StringOrNull(3), row.StringOrNull(4))));

    private sealed record ErasedAuditEvent(long Id, string Digest);
}

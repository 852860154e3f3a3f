using System.Globalization;
using System.Text.Json;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Audit;

/// <summary>
/// Takes address, detail and reason out of a person's audit events; what happened, to which subject, and the proof of it stay. What the person did to others
/// stays whole: it is about those.
/// </summary>
internal static class AuditErasure
{
    private const int BatchSize = 500;

    /// <summary>Some hundred events in a transaction; how many it were in all. What was erased before is passed over.</summary>
    public static async Task<long> EraseAsync(Database database, PersonId personId, CancellationToken ct)
    {
        var total = 0L;
        while (await EraseBatchAsync(database, personId, ct) is > 0 and var erased) total += erased;
        return total;
    }

    private static async Task<int> EraseBatchAsync(Database database, PersonId personId, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        var found = await work.ListAsync($"""
            SELECT id, salt, address, detail, reason FROM audit_events
            WHERE (person_id = @person OR (actor = @person AND person_id IS NULL)) AND salt IS NOT NULL
                AND (address IS NOT NULL OR detail IS NOT NULL OR reason IS NOT NULL) AND type <> '{AuditEventType.PersonErased}'
            ORDER BY id LIMIT {BatchSize.ToString(CultureInfo.InvariantCulture)}
            """, Erase, ct, ("person", personId));
        if (found.Count == 0) return 0;

        var (rows, bytes) = database.IsPostgres
            ? ("jsonb_array_elements(@found::jsonb) AS e (value)", "decode(e.value->>'Digest', 'hex')")
            : ("json_each(@found) e", "unhex(e.value->>'Digest')");
        var erased = await work.ExecuteAsync($"""
            UPDATE audit_events SET address = NULL, detail = NULL, reason = NULL, salt = NULL, digest = {bytes}
            FROM {rows} WHERE audit_events.id = CAST(e.value->>'Id' AS bigint) AND salt IS NOT NULL
            """, ct, ("found", JsonSerializer.Serialize(found)));
        await work.CommitAsync(ct);
        return erased;
    }

    private static ErasedAuditEvent Erase(Row row)
    {
        var digest = AuditKey.DigestOf(row.Bytes("salt"), row.TextOrNull("address"), row.TextOrNull("detail"), row.TextOrNull("reason"));
        return new ErasedAuditEvent(row.Long("id"), Convert.ToHexString(digest));
    }

    private sealed record ErasedAuditEvent(long Id, string Digest);
}

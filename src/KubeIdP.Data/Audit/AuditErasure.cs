using System.Globalization;
using System.Text.Json;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Audit;

/// <summary>
/// Erases address, detail and reason from a person's audit events; type, subject and proof stay. Events about what the person did to others
/// are not changed, because they are about those others.
/// </summary>
internal static class AuditErasure
{
    private const int BatchSize = 500;

    /// <summary>
    /// Erases a few hundred events per transaction and returns their total number. Events that were erased before are skipped.
    /// </summary>
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

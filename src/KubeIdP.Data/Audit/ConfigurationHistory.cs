using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Audit;

/// <summary>The configurations with which servers have started, as the audit log records them.</summary>
public sealed class ConfigurationHistory(Database database, AuditLog auditLog)
{
    // There is no index for this search. If the last such event is older than this many rows, it is appended again; to search through years
    // of logins would slow the start down.
    private const int RowsToSearch = 100_000;

    /// <summary>Appends an audit event when the last one about a configuration has another fingerprint.</summary>
    public async Task RecordAsync(string fingerprint, CancellationToken ct)
    {
        var last = await database.TextAsync("""
            SELECT detail FROM (SELECT id, type, detail FROM audit_events ORDER BY id DESC LIMIT @rows) AS recent WHERE type = @type
                ORDER BY id DESC LIMIT 1
            """, ct, ("rows", RowsToSearch), ("type", AuditEventType.ConfigurationLoaded));
        if (last == fingerprint) return;

        await auditLog.AppendAsync(new NewAuditEvent(AuditEventType.ConfigurationLoaded) { Actor = "server", Detail = fingerprint }, ct);
    }
}

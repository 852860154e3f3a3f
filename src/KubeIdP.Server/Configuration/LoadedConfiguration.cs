using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Hosting;

namespace KubeIdP.Server.Configuration;

/// <summary>Says at each start with which configuration the server runs, and puts a change of it into the audit.</summary>
internal static class LoadedConfiguration
{
    // There is no index by type. What lies further back is written again, which costs a row; looking through years of logins would cost the start.
    private const int RowsToSearch = 100_000;

    public static async Task RecordAsync(object settings, Database database, ILogger logger, CancellationToken ct)
    {
        var fingerprint = EffectiveSettings.Fingerprint(settings);
        logger.ConfigurationLoaded(fingerprint);

        await using var connection = await database.OpenAsync(ct);
        await using var last = database.Command(connection, """
            SELECT detail FROM (SELECT id, type, detail FROM audit_events ORDER BY id DESC LIMIT @rows) AS recent WHERE type = @type ORDER BY id DESC LIMIT 1
            """, ("rows", RowsToSearch), ("type", AuditEventType.ConfigurationLoaded));
        if (await last.ExecuteScalarAsync(ct) as string == fingerprint) return;

        await new NewAuditEvent(AuditEventType.ConfigurationLoaded) { Actor = "server", Detail = fingerprint }.AppendAsync(database, connection, transaction: null, ct);
    }
}

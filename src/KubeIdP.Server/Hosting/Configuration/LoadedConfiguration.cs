using KubeIdP.Data;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;
using Microsoft.EntityFrameworkCore;

namespace KubeIdP.Server.Hosting.Configuration;

/// <summary>Says at each start with which configuration the server runs, and puts a change of it into the audit.</summary>
internal static class LoadedConfiguration
{
    // There is no index by type. What lies further back is written again, which costs a row; looking through years of logins would cost the start.
    private const int RowsToSearch = 100_000;

    public static async Task RecordAsync(Settings settings, KubeIdpDbContext db, Database database, ILogger logger, CancellationToken ct)
    {
        var fingerprint = EffectiveSettings.Fingerprint(settings);
        logger.ConfigurationLoaded(fingerprint);

        var last = await db.AuditEvents.AsNoTracking().OrderByDescending(row => row.Id).Take(RowsToSearch)
            .Where(row => row.Type == AuditEventType.ConfigurationLoaded).OrderByDescending(row => row.Id).Select(row => row.Detail).FirstOrDefaultAsync(ct);
        if (last == fingerprint) return;

        await using var connection = await database.OpenAsync(ct);
        await new AuditEntry(AuditEventType.ConfigurationLoaded) { Actor = "server", Detail = fingerprint }.AppendAsync(database, connection, transaction: null, ct);
    }
}

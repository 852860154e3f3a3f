using KubeIdP.Data.Audit;

namespace KubeIdP.Server.Configuration;

/// <summary>Logs at each start with which configuration the server runs, and appends an audit event when it has changed.</summary>
internal static class LoadedConfiguration
{
    public static async Task RecordAsync(object settings, ConfigurationHistory history, ILogger logger, CancellationToken ct)
    {
        var fingerprint = EffectiveSettings.Fingerprint(settings);
        logger.ConfigurationLoaded(fingerprint);
        await history.RecordAsync(fingerprint, ct);
    }
}

using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Audit;

internal static class AuditRules
{
    // Audit events of sessions that are still shown must not be deleted.
    private static readonly TimeSpan MinRetention = TimeSpan.FromDays(30);

    public static IEnumerable<SettingsFault> Check(AuditOptions audit)
    {
        if (audit.Retention < MinRetention)
            yield return new("audit.retention", $"{audit.Retention} is too short.",
                $"Choose {MinRetention} or more, or remove the key to retain everything.");

        if (audit.JsonLines is { } file && file != AuditOptions.StandardOutput
            && Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder && !Directory.Exists(folder))
            yield return new("audit.jsonLines", $"There is no folder {folder}.", "Create it, writable for this process, or write stdout.");
    }
}

using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Audit;

internal static class AuditRules
{
    // What happened within a session that is still shown must be found.
    private static readonly TimeSpan MinRetention = TimeSpan.FromDays(30);

    public static IEnumerable<SettingsFault> Check(AuditOptions audit)
    {
        if (audit.Retention < MinRetention)
            yield return new("audit.retention", $"{audit.Retention} would delete what somebody still looks for.", $"Choose {MinRetention} or more, or remove the key to keep everything.");

        if (audit.JsonLines is { } file && file != AuditOptions.StandardOutput && Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder && !Directory.Exists(folder))
            yield return new("audit.jsonLines", $"There is no folder {folder}.", "Make it, writable for this process, or write stdout.");
    }
}

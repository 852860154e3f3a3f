namespace KubeIdP.Server.Hosting.Configuration;

internal static class FileRules
{
    /// <summary>Nothing, or why the file that a key names can't be used.</summary>
    public static IEnumerable<SettingsFault> Readable(string key, string? path)
    {
        if (path is null) yield break;

        SettingsFault? fault = null;
        try
        {
            File.OpenRead(path).Dispose();
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            fault = new(key, $"The file {path} can't be read: {reason.Message}", "Check the path, the mount, and that the account of this process may read it.");
        }

        if (fault is not null) yield return fault;
    }
}

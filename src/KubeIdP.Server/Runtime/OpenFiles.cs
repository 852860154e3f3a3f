using System.Globalization;

namespace KubeIdP.Server.Runtime;

/// <summary>
/// How many files this process may have open, of which each connection is one, and so is each library that is still to be loaded. At the limit the runtime
/// itself ends the process, so connections must never come near it.
/// </summary>
internal static class OpenFiles
{
    /// <summary>A start alone needs more than half of these.</summary>
    public const int Least = 512;

    /// <summary>With fewer than these somebody will notice.</summary>
    public const int Few = 4_096;

    /// <summary>Room for all connections that a server takes.</summary>
    public const int Plenty = 65_536;

    /// <summary>Null where the system doesn't say (other than Linux), or there is none. .NET raises the soft limit to the hard one by itself.</summary>
    public static int? Limit
    {
        get
        {
            if (!OperatingSystem.IsLinux()) return null;

            // "Max open files            1024                 4096                 files"
            var line = File.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal));
            return line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, _, var soft, ..] && int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
                ? limit
                : null;
        }
    }

    /// <summary>How many more may be opened now; null: as many as anybody wants.</summary>
    public static int? Left => Limit is { } limit ? limit - Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() : null;

    /// <summary>Null when a server can start; else what to do.</summary>
    public static string? Fault => Limit < Least
        ? $"This process may have {Limit} files open, and a server needs {Least} at the least. Raise the limit: ulimit -n {Plenty}, LimitNOFILE={Plenty} for systemd, --ulimit nofile={Plenty} for a container."
        : null;
}

using System.Globalization;

namespace KubeIdP.Server.Runtime;

/// <summary>
/// How many files this process may open; each connection and each library that is still to be loaded needs one. At the limit the runtime
/// itself ends the process, so connections must not come near it.
/// </summary>
internal static class OpenFiles
{
    /// <summary>The start alone needs more than half of these.</summary>
    public const int Min = 512;

    /// <summary>With fewer than these, connections may be refused in normal use.</summary>
    public const int WarnBelow = 4_096;

    /// <summary>Room for all connections that a server takes.</summary>
    public const int Recommended = 65_536;

    /// <summary>
    /// Null if the system does not provide it (other than Linux) or there is none. .NET raises the soft limit to the hard limit
    /// automatically.
    /// </summary>
    public static int? Limit
    {
        get
        {
            if (!OperatingSystem.IsLinux()) return null;

            // "Max open files            1024                 4096                 files"
            var line = File.ReadLines("/proc/self/limits")
                .FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal));
            return line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, _, var soft, ..]
                && int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
                ? limit
                : null;
        }
    }

    /// <summary>How many more files may be opened now; null: unlimited.</summary>
    public static int? Left => Limit is { } limit ? limit - Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() : null;

    /// <summary>Null if a server can start; otherwise what to do.</summary>
    public static string? Fault => Limit < Min
        ? $"This process may open at most {Limit} files, and a server needs at least {Min}. Raise the limit: ulimit -n {Recommended}, "
            + $"LimitNOFILE={Recommended} for systemd, --ulimit nofile={Recommended} for a container."
        : null;
}

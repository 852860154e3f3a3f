using System.Globalization;
using System.Runtime.InteropServices;

namespace KubeIdP.Cli.Token;

/// <summary>The process that started this one: kubectl, or another program with client-go in it.</summary>
/// <param name="Started">Tells two processes with one id apart; empty where this is not known.</param>
internal sealed record ClientProcess(int Id, string Started)
{
    /// <summary>Null where this is not known.</summary>
    public static ClientProcess? Parent()
    {
        if (OperatingSystem.IsLinux()) return OnLinux();
        return OperatingSystem.IsMacOS() && getppid() is > 0 and var id ? new ClientProcess(id, "") : null;
    }

    /// <summary>
    /// The fields of <c>/proc/PID/stat</c> after the name of the program (proc(5)), which is in parentheses and may contain anything. The
    /// first of them is number 3.
    /// </summary>
    public static string[] Fields(string stat) => stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static ClientProcess? OnLinux()
    {
        try
        {
            // Field 4 is the parent, and field 22 the time of the start, in ticks since this machine started.
            return Fields(File.ReadAllText("/proc/self/stat")) is [_, var parent, ..]
                && Fields(File.ReadAllText($"/proc/{parent}/stat")) is { Length: > 19 } fields
                ? new ClientProcess(int.Parse(parent, NumberStyles.None, CultureInfo.InvariantCulture), fields[19])
                : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    // Neither text nor structures: nothing must be converted, so no generated code is needed.
    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int getppid();
}

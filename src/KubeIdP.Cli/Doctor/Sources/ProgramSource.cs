using System.ComponentModel;
using System.Diagnostics;

namespace KubeIdP.Cli.Doctor.Sources;

/// <summary>Programs of this machine.</summary>
internal static class ProgramSource
{
    private static readonly string[] Endings = OperatingSystem.IsWindows() ? ["", ".exe", ".cmd", ".bat"] : [""];

    /// <summary>Its path; null if it is not there.</summary>
    /// <param name="program">A name, or an absolute path.</param>
    public static string? Find(string program, Func<string, string?> variable)
    {
        IEnumerable<string> folders = Path.IsPathRooted(program) ? [""]
            : (variable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return (from folder in folders
                from ending in Endings
                let path = Path.Combine(folder, program + ending)
                where IsProgram(path)
                select path).FirstOrDefault();
    }

    /// <summary>What it prints for <c>--version</c>; null if it can't be run. It is killed when its time is over.</summary>
    public static async Task<string?> VersionAsync(string path, CancellationToken ct)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(path, ["--version"])
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
            });
            if (process is null) return null;

            try
            {
                process.StandardInput.Close();
                var (output, error) = (process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
                await process.WaitForExitAsync(ct);
                return $"{await output}\n{await error}";
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
        }
        catch (Exception fault) when (fault is Win32Exception or IOException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool IsProgram(string path)
    {
        if (!File.Exists(path)) return false;

        return OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
    }
}

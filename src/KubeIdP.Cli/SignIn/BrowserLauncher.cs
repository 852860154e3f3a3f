using System.ComponentModel;
using System.Diagnostics;

namespace KubeIdP.Cli.SignIn;

/// <summary>Opens the browser of this machine.</summary>
internal static class BrowserLauncher
{
    // A browser that inherited standard output would write between the lines of an ExecCredential, and client-go would wait until it is
    // closed.
    private const string Detached = "command -v \"$0\" >/dev/null 2>&1 || exit 127; \"$0\" \"$1\" </dev/null >/dev/null 2>&1 &";

    /// <summary>Whether it could be started; that a page appears is not known.</summary>
    public static bool TryOpen(Uri url)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                using var _ = Process.Start(new ProcessStartInfo(url.AbsoluteUri) { UseShellExecute = true });
                return true;
            }

            using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Detached, Program(), url.AbsoluteUri]));
            shell?.WaitForExit();
            return shell?.ExitCode is 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static string Program() => Environment.GetEnvironmentVariable("BROWSER") is { Length: > 0 } named ? named
        : OperatingSystem.IsMacOS() ? "open" : "xdg-open";
}

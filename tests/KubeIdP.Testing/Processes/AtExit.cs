using System.Diagnostics;

namespace KubeIdP.Testing.Processes;

/// <summary>
/// Cleans up after this process, however it ends. A shell reads commands from a pipe and runs them when the pipe closes, which the kernel
/// sees to even after a SIGKILL, when no handler of this process would run.
/// </summary>
public static class AtExit
{
    private static readonly Lock Gate = new();
    private static Process? shell;

    /// <summary>
    /// Remembers a command for /bin/sh, on one line; what was remembered last runs first. Its words must not come from outside.
    /// </summary>
    public static void Run(string command)
    {
        lock (Gate)
        {
            shell ??= StartShell();
            shell.StandardInput.WriteLine(command);
            shell.StandardInput.Flush();
        }
    }

    private static Process StartShell()
    {
        // In a session of its own, or Ctrl-C in the terminal would end the shell before its work begins.
        var start = new ProcessStartInfo("setsid") { RedirectStandardInput = true, WorkingDirectory = "/" };
        foreach (var word in (string[])["/bin/sh", "-c", "commands=$(tac); eval \"$commands\" >/dev/null 2>&1"])
            start.ArgumentList.Add(word);
        return Process.Start(start)!;
    }
}

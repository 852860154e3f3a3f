using System.Text;
using KubeIdP.Server.Runtime;
using Microsoft.Win32.SafeHandles;

namespace KubeIdP.Server.Audit;

/// <summary>Where audit events are written as lines. It may refuse what it is given, or take it for ever: a pipe whose reader stands still, a file system that hangs.</summary>
internal sealed class AuditSink(string target)
{
    /// <summary>
    /// On a thread of its own, which nothing but its own end can free: not a thread of the pool, and none that keeps the process from ending. What was begun can't
    /// be taken back, so a caller that stops waiting must not call again before this has completed.
    /// </summary>
    public Task WriteAsync(string lines) =>
        Task.Factory.StartNew(() => Write(Encoding.UTF8.GetBytes(lines)), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Write(byte[] lines)
    {
        if (target == AuditOptions.StandardOutput)
        {
            WriteToStandardOutput(lines);
            return;
        }

        // Opened anew each time, so that whoever rotates it may simply move it away.
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = PrivateFiles.OwnerOnly;
        using var file = new FileStream(target, options);
        file.Write(lines);
        file.Flush(flushToDisk: true);
    }

    private static void WriteToStandardOutput(byte[] lines)
    {
        // Log and audit share it, and each line must stay whole.
        lock (Console.Out)
        {
            using var output = OpenStandardOutput();
            output.Write(lines);
            output.Flush();
        }
    }

    /// <summary>
    /// The console's own stream says of a pipe without a reader that it took everything. A file has its place at which the log is written too, and that
    /// place the console's stream alone moves on.
    /// </summary>
    private static Stream OpenStandardOutput()
    {
        if (OperatingSystem.IsWindows()) return Console.OpenStandardOutput();

        var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return output.CanSeek ? Console.OpenStandardOutput() : output;
    }
}

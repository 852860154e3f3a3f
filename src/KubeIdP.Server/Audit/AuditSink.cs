using System.Text;
using KubeIdP.Core.Files;
using Microsoft.Win32.SafeHandles;

namespace KubeIdP.Server.Audit;

/// <summary>
/// The target of exported audit events. A write may fail, or never return, such as a pipe whose reader hangs, or a file system that hangs.
/// </summary>
internal sealed class AuditSink(string target)
{
    /// <summary>
    /// Writes on a background thread of its own, because a write may never return: it must neither block a thread of the pool nor prevent
    /// the process from ending. A write can't be cancelled, so a caller that stops waiting must not call again before this has completed.
    /// </summary>
    public Task WriteAsync(string lines) =>
        Task.Factory.StartNew(() => Write(Encoding.UTF8.GetBytes(lines)), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

    private void Write(byte[] lines)
    {
        if (target == AuditOptions.StandardOutput)
        {
            WriteToStandardOutput(lines);
            return;
        }

        // Opened again for each write, so that the file can be rotated by moving it away.
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = PrivateFiles.OwnerOnly;
        using var file = new FileStream(target, options);
        file.Write(lines);
        file.Flush(flushToDisk: true);
    }

    private static void WriteToStandardOutput(byte[] lines)
    {
        // The log uses the same stream, and lines must not be mixed.
        lock (Console.Out)
        {
            using var output = OpenStandardOutput();
            output.Write(lines);
            output.Flush();
        }
    }

    /// <summary>
    /// The console's stream reports success for a pipe without a reader, so a pipe is opened separately. A file has a position that the log
    /// uses too, and only the console's stream advances it.
    /// </summary>
    private static Stream OpenStandardOutput()
    {
        if (OperatingSystem.IsWindows()) return Console.OpenStandardOutput();

        var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return output.CanSeek ? Console.OpenStandardOutput() : output;
    }
}

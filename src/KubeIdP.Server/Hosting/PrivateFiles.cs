using System.Diagnostics;

namespace KubeIdP.Server.Hosting;

/// <summary>
/// Files of the data directory. A secret is private from its first instant, and a reader sees a file whole or not at all.
/// Windows has no modes; there the folder's access list decides.
/// </summary>
internal static class PrivateFiles
{
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public const UnixFileMode Public = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    // The group may read: that is how Kubernetes hands a mounted Secret to a process that is not root (fsGroup, mode 0440).
    private const UnixFileMode Others = UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);

    /// <summary>Makes the folder and those above it with mode 0700; one that exists keeps its own.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        // One by one: the framework gives the mode to the last one alone, and those above it would be open to everybody.
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } parent && !Directory.Exists(parent)) CreateFolder(parent);
        Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
    }

    /// <summary>Puts a file in its place in one step. Call under <see cref="Lock"/>: writers share the name of the temporary file.</summary>
    public static void Write(string path, string text, UnixFileMode mode)
    {
        var temporary = path + ".new";
        File.Delete(temporary);

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = mode;
        using (var file = new FileStream(temporary, options))
        using (var writer = new StreamWriter(file))
        {
            // The umask may have taken away what a public file needs; it never added anything.
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file.SafeFileHandle, mode);
            writer.Write(text);
            writer.Flush();
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Writes a new file that its owner alone can read. Throws <see cref="IOException"/> when there is one already.</summary>
    public static void Create(string path, string text)
    {
        using var writer = CreateWriter(path);
        writer.Write(text);
    }

    /// <summary>The same, for a text that comes in parts.</summary>
    public static StreamWriter CreateWriter(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        return new StreamWriter(path, options);
    }

    /// <summary>
    /// Keeps other processes, and threads, out of what a lock file stands for, until it is disposed. The file stays; the operating system drops the
    /// lock of a process that dies. Throws <see cref="IOException"/> after ten seconds.
    /// </summary>
    public static IDisposable Lock(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;

        for (var began = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                return new FileStream(path, options);
            }
            catch (IOException fault) when (fault.GetType() == typeof(IOException) && Stopwatch.GetElapsedTime(began) < LockPatience)
            {
                Thread.Sleep(20);
            }
        }
    }

    public static bool IsOpenToOthers(FileStream file) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & Others) != 0;
}

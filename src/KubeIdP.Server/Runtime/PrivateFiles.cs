using System.Diagnostics;
using System.IO.Enumeration;
using System.Runtime.InteropServices;

namespace KubeIdP.Server.Runtime;

/// <summary>
/// Files for their owner alone: those of the data directory, and whatever else is written. A secret is private from its first instant, and a reader sees a file
/// whole or not at all. Windows has no modes; there the folder's access list decides.
/// </summary>
internal static class PrivateFiles
{
    // umask(2): what it says is taken away.
    private const uint GroupAndOthers = 0b_000_111_111;

    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public const UnixFileMode Public = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    // The group may read: that is how Kubernetes hands a mounted Secret to a process that is not root (fsGroup, mode 0440).
    private const UnixFileMode Others = UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Makes whatever this process creates from now on its owner's alone, in whichever folder and by whichever library: files that SQLite makes have the mode of the
    /// database beside them, and that has what is left of 0644. What is meant for everybody says so (<see cref="Public"/>).
    /// </summary>
    public static void CloseNewFiles()
    {
        if (!OperatingSystem.IsWindows()) _ = SetMask(GroupAndOthers);
    }

    /// <summary>Takes away from others what they could do with a file of ours that is there; where it is not ours to do, <c>check</c> names it.</summary>
    public static void Close(string path)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(path)) return;

        try
        {
            if ((File.GetUnixFileMode(path) & ~OwnerOnly) != 0) File.SetUnixFileMode(path, OwnerOnly);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Another account's.
        }
    }

    /// <summary>The files of a folder that others than their owner can read or change, those that are meant for them left out.</summary>
    /// <param name="forAll">Those.</param>
    public static IReadOnlyList<string> OpenToOthers(string folder, params IReadOnlyCollection<string> forAll) => OperatingSystem.IsWindows() || !Directory.Exists(folder)
        ? []
        : [.. Below(folder, (ref entry) => !entry.IsDirectory).Where(file => !forAll.Contains(file) && HasOther(file, OwnerOnly | UnixFileMode.UserExecute)).Order(StringComparer.Ordinal)];

    /// <summary>A folder and those in it, of which others than the owner may put files in the place of ours.</summary>
    public static IReadOnlyList<string> FoldersOthersCanChange(string folder) => OperatingSystem.IsWindows() || !Directory.Exists(folder)
        ? []
        : [.. Below(folder, (ref entry) => entry.IsDirectory && !IsLink(ref entry)).Prepend(folder).Where(one => HasOther(one, ~(UnixFileMode.GroupWrite | UnixFileMode.OtherWrite))).Order(StringComparer.Ordinal)];

    /// <summary>Makes an empty file; nothing where there is one.</summary>
    public static void CreateEmpty(string path)
    {
        if (File.Exists(path)) return;

        try
        {
            CreateWriter(path).Dispose();
        }
        catch (IOException) when (File.Exists(path))
        {
            // Somebody else was quicker.
        }
    }

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

    /// <summary>Whether others than its owner and the owner's group can read or change a file.</summary>
    public static bool IsOpenToOthers(string path) => !OperatingSystem.IsWindows() && File.Exists(path) && (File.GetUnixFileMode(path) & Others) != 0;

    public static bool IsOpenToOthers(FileStream file) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & Others) != 0;

    // What a link leads to is of this folder as well, as a database on another disk is; but for folders, of which one could lead back here.
    private static FileSystemEnumerable<string> Below(string folder, FileSystemEnumerable<string>.FindPredicate isOfKind) =>
        new(folder, (ref entry) => entry.ToFullPath(), new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None })
        {
            ShouldIncludePredicate = isOfKind,
            ShouldRecursePredicate = (ref entry) => !IsLink(ref entry),
        };

    private static bool IsLink(ref FileSystemEntry entry) => entry.Attributes.HasFlag(FileAttributes.ReparsePoint);

    private static bool HasOther(string path, UnixFileMode allowed)
    {
        try
        {
            return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~allowed) != 0;
        }
        catch (IOException)
        {
            // Gone meanwhile, as SQLite's own come and go.
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "umask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint SetMask(uint mask);
}

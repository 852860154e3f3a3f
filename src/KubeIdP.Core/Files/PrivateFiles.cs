using System.Diagnostics;
using System.IO.Enumeration;
using System.Runtime.InteropServices;

namespace KubeIdP.Core.Files;

/// <summary>
/// Files that only their owner can access: those of the data directory and all other files that are written. A secret is never readable by
/// others, not even while it is written, and readers see a complete file or none. Windows has no modes; there the access list of the folder
/// applies.
/// </summary>
public static class PrivateFiles
{
    // umask(2): these permissions are removed.
    private const uint GroupAndOthers = 0b_000_111_111;

    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public const UnixFileMode Public = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    // The group may read, because Kubernetes mounts a Secret in this way for a process that is not root (fsGroup, mode 0440).
    private const UnixFileMode Others = UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Sets the umask, so that only the owner can access files that this process creates from now on, in any folder and by any library: the
    /// files that SQLite creates have the mode of the database, which is 0644 minus the umask. Public files are created explicitly (<see
    /// cref="Public"/>).
    /// </summary>
    public static void CloseNewFiles()
    {
        if (!OperatingSystem.IsWindows()) _ = SetMask(GroupAndOthers);
    }

    /// <summary>
    /// Removes the permissions of others on an existing file of this server; if it belongs to another account, <c>check</c> reports it.
    /// </summary>
    public static void Close(string path)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(path)) return;

        try
        {
            if ((File.GetUnixFileMode(path) & ~OwnerOnly) != 0) File.SetUnixFileMode(path, OwnerOnly);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The file belongs to another account.
        }
    }

    /// <summary>The files of a folder that other accounts can read or change, except those that are meant to be public.</summary>
    /// <param name="forAll">Those.</param>
    public static IReadOnlyList<string> OpenToOthers(string folder, params IReadOnlyCollection<string> forAll) =>
        OperatingSystem.IsWindows() || !Directory.Exists(folder)
        ? []
        : [.. Below(folder, (ref entry) => !entry.IsDirectory)
        .Where(file => !forAll.Contains(file) && HasOther(file, OwnerOnly | UnixFileMode.UserExecute)).Order(StringComparer.Ordinal)];

    /// <summary>The folder and its subfolders in which other accounts could replace files.</summary>
    public static IReadOnlyList<string> FoldersOthersCanChange(string folder) => OperatingSystem.IsWindows() || !Directory.Exists(folder)
        ? []
        : [.. Below(folder, (ref entry) => entry.IsDirectory && !IsLink(ref entry)).Prepend(folder)
        .Where(one => HasOther(one, ~(UnixFileMode.GroupWrite | UnixFileMode.OtherWrite))).Order(StringComparer.Ordinal)];

    /// <summary>Creates an empty file if it does not exist.</summary>
    public static void CreateEmpty(string path)
    {
        if (File.Exists(path)) return;

        try
        {
            CreateWriter(path).Dispose();
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was faster.
        }
    }

    /// <summary>Creates the folder and its parents with mode 0700; an existing folder keeps its mode.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        // One by one, because the framework applies the mode only to the last folder, and its parents would be accessible to everybody.
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } parent && !Directory.Exists(parent)) CreateFolder(parent);
        Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
    }

    /// <summary>Writes a file atomically. Call under <see cref="Lock"/>, because all writers use the same temporary file.</summary>
    public static void Write(string path, string text, UnixFileMode mode)
    {
        var temporary = path + ".new";
        File.Delete(temporary);

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = mode;
        using (var file = new FileStream(temporary, options))
        using (var writer = new StreamWriter(file))
        {
            // The umask may have removed permissions that a public file needs.
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file.SafeFileHandle, mode);
            writer.Write(text);
            writer.Flush();
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Writes a new file that only its owner can read. Throws <see cref="IOException"/> if it already exists.</summary>
    public static void Create(string path, string text)
    {
        using var writer = CreateWriter(path);
        writer.Write(text);
    }

    /// <summary>The same, for a text that is written in parts.</summary>
    public static StreamWriter CreateWriter(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        return new StreamWriter(path, options);
    }

    /// <summary>
    /// Locks a file against other processes and threads until it is disposed. The file stays; the operating system releases the lock of a
    /// process that dies. Throws <see cref="IOException"/> after ten seconds.
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
            catch (IOException fault) when (fault.GetType() == typeof(IOException) && Stopwatch.GetElapsedTime(began) < LockTimeout)
            {
                Thread.Sleep(20);
            }
        }
    }

    /// <summary>Whether others than its owner and the owner's group can read or change a file.</summary>
    public static bool IsOpenToOthers(string path) =>
        !OperatingSystem.IsWindows() && File.Exists(path) && (File.GetUnixFileMode(path) & Others) != 0;

    public static bool IsOpenToOthers(FileStream file) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & Others) != 0;

    // The target of a link to a file counts as part of this folder, such as a database on another disk. Links to folders are not followed,
    // because they could form a cycle.
    private static FileSystemEnumerable<string> Below(string folder, FileSystemEnumerable<string>.FindPredicate isOfKind) =>
        new(folder, (ref entry) => entry.ToFullPath(),
            new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None })
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
            // The file was deleted in the meantime, as SQLite does with its temporary files.
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "umask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint SetMask(uint mask);
}

namespace KubeIdP.Data.Storage;

/// <summary>
/// The right of one process to serve an SQLite database, or to put another in its place; commands work beside it. The operating system takes it back when the
/// process ends, however it ends.
/// </summary>
/// <remarks>
/// Two locks, for two processes can reach one database by different names. A file beside the database, found after all symbolic links, holds for a folder that
/// is mounted or linked elsewhere, for a database that is yet to be made, and while another is put in its place. The lock on the database itself holds for a
/// hard link and for a single file that is mounted: their folders have nothing in common. Both are flock(2), which SQLite does not use.
/// </remarks>
public sealed class ServerLock : IDisposable
{
    private const int Locked = 11; // EWOULDBLOCK of flock(2)

    private readonly FileStream beside;
    private readonly FileStream? itself;

    private ServerLock(FileStream beside, FileStream? itself)
    {
        this.beside = beside;
        this.itself = itself;
    }

    /// <summary>Null while another process has it. Take it before the first connection of this process to the database.</summary>
    /// <exception cref="IOException">The files can't be opened, or their file system has no locks.</exception>
    public static ServerLock? TryTake(string database)
    {
        var file = Resolve(database);
        if (TryOpen($"{file}.server", FileMode.OpenOrCreate) is not { } beside) return null;

        try
        {
            // Where the file system has no locks, .NET goes on as if it had: a second one of this process's own shows it.
            if (TryOpen(beside.Name, FileMode.Open) is { } second)
            {
                second.Dispose();
                throw new IOException($"The file system of {beside.Name} has no locks, or they are switched off.");
            }

            if (!HasLockOfItsOwn(file)) return new ServerLock(beside, itself: null);
            if (TryOpen(file, FileMode.Open) is { } itself) return new ServerLock(beside, itself);
        }
        catch
        {
            beside.Dispose();
            throw;
        }

        beside.Dispose();
        return null;
    }

    /// <summary>Where a database lies, after all symbolic links.</summary>
    public static string Resolve(string database)
    {
        var file = new FileInfo(database);
        return file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }

    // To close the database's own file lets go of what SQLite has locked in this process (fcntl), so that comes last.
    public void Dispose()
    {
        beside.Dispose();
        itself?.Dispose();
    }

    /// <summary>
    /// A network file system makes of a lock on the whole file one that keeps SQLite out as well, and elsewhere than on Linux flock(2) may be the lock that
    /// SQLite takes. A database that this start makes has one name only.
    /// </summary>
    private static bool HasLockOfItsOwn(string file) => OperatingSystem.IsLinux() && File.Exists(file) && new DriveInfo(file).DriveType is not DriveType.Network;

    private static FileStream? TryOpen(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows() && mode is FileMode.OpenOrCreate) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            return new FileStream(path, options);
        }
        catch (IOException fault) when (OperatingSystem.IsWindows() || (fault.HResult & 0xFFFF) == Locked)
        {
            return null;
        }
    }
}

namespace KubeIdP.Data.Storage;

/// <summary>
/// The lock of the one process that may serve an SQLite database, or replace it; commands can use the database beside it. The operating
/// system releases it when the process ends.
/// </summary>
/// <remarks>
/// There are two locks, because two processes can reach one database by different names. The lock on a file beside the database (after
/// resolving symbolic links) covers a folder that is mounted or linked elsewhere, a database that does not exist yet, and the time while it
/// is replaced. The lock on the database file itself covers a hard link and a single mounted file, whose folders differ. Both are flock(2),
/// which SQLite does not use.
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
            // If the file system has no locks, .NET continues as if it had them; a second lock by this process detects that.
            if (TryOpen(beside.Name, FileMode.Open) is { } second)
            {
                second.Dispose();
                throw new IOException($"The file system of {beside.Name} does not support locks, or they are switched off.");
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

    /// <summary>The path of a database after resolving symbolic links.</summary>
    public static string Resolve(string database)
    {
        var file = new FileInfo(database);
        return file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }

    // Closing the database file releases SQLite's own locks in this process (fcntl), so it is closed last.
    public void Dispose()
    {
        beside.Dispose();
        itself?.Dispose();
    }

    /// <summary>
    /// On a network file system a lock on the whole file also blocks SQLite, and on other systems than Linux flock(2) may be the lock that
    /// SQLite uses. A database that this start creates has only one name.
    /// </summary>
    private static bool HasLockOfItsOwn(string file) =>
        OperatingSystem.IsLinux() && File.Exists(file) && new DriveInfo(file).DriveType is not DriveType.Network;

    private static FileStream? TryOpen(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows() && mode is FileMode.OpenOrCreate)
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
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

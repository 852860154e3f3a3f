namespace KubeIdP.Testing.Processes;

/// <summary>Folders for what a test writes and reads back.</summary>
public static class Scratch
{
    private const string Memory = "/dev/shm";
    private const long Enough = 2L << 30;

    private static readonly string Root = HasRoomInMemory() ? Memory : Path.GetTempPath();

    /// <summary>
    /// A new folder that is gone with the test process, in memory where this machine has room for it: each commit waits for the disk
    /// otherwise, which no test can tell from not waiting. A killed process loses nothing of either; only a machine that loses power would
    /// show the difference.
    /// </summary>
    public static string NewFolder(string prefix)
    {
        var folder = Path.Combine(Root, $"{prefix}{Guid.NewGuid():N}");
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        AtExit.Run($"rm -rf {folder}");
        return folder;
    }

    private static bool HasRoomInMemory() => Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace > Enough;
}

namespace KubeIdP.Testing.Processes;

/// <summary>Who may read a file. Windows has no modes, and there nothing is asked for.</summary>
public static class FileModes
{
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static UnixFileMode Of(string file) => OperatingSystem.IsWindows() ? OwnerOnly : File.GetUnixFileMode(file);

    public static void Set(string file, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, mode);
    }
}

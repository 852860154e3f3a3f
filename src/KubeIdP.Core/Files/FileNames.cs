using System.Runtime.InteropServices;
using System.Text;

namespace KubeIdP.Core.Files;

/// <summary>
/// Changes of names within one file system. They fail where the framework would copy: from one file system to another, File.Move and
/// File.Replace open the file, and follow a link to whatever this process can read.
/// </summary>
public static class FileNames
{
    private const int NotPermitted = 1; // EPERM
    private const int DoesNotExist = 2; // ENOENT
    private const int NotSupported = 95; // EOPNOTSUPP

    /// <summary>
    /// Gives a file another name; a link is renamed, not followed. An existing file of that name is replaced. False if there is no such
    /// file.
    /// </summary>
    /// <exception cref="IOException">The names are in different file systems, or the folder can't be changed.</exception>
    public static bool Rename(string file, string name)
    {
        if (OperatingSystem.IsWindows())
        {
            if (!File.Exists(file)) return false;

            File.Move(file, name, overwrite: true);
            return true;
        }

        if (SetName(Native(file), Native(name)) == 0) return true;
        var error = Marshal.GetLastPInvokeError();
        return error == DoesNotExist && !Path.Exists(file) ? false : throw Failed(name, error);
    }

    /// <summary>
    /// Replaces a file by one in the same folder; what it was gets the other name, which must be free. In one step, so that the file always
    /// exists, unless the file system has no hard links, as some in a network.
    /// </summary>
    /// <exception cref="IOException">As for <see cref="Rename"/>.</exception>
    public static void Replace(string by, string file, string formerName)
    {
        if (OperatingSystem.IsWindows())
        {
            File.Replace(by, file, formerName);
            return;
        }

        if (AddName(Native(file), Native(formerName)) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error is not (NotPermitted or NotSupported)) throw Failed(formerName, error);
            if (SetName(Native(file), Native(formerName)) != 0) throw Failed(formerName, Marshal.GetLastPInvokeError());
        }

        if (SetName(Native(by), Native(file)) != 0) throw Failed(file, Marshal.GetLastPInvokeError());
    }

    /// <summary>Creates a folder with mode 0700, never through a link that is already there.</summary>
    /// <exception cref="IOException">Something has that name.</exception>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            if (Path.Exists(path)) throw new IOException($"{path} already exists.");

            Directory.CreateDirectory(path);
            return;
        }

        if (MakeFolder(Native(path), 0b_111_000_000) != 0) throw Failed(path, Marshal.GetLastPInvokeError());
    }

    private static IOException Failed(string path, int error) =>
        new($"{path} can't be created: {Marshal.GetPInvokeErrorMessage(error)}.");

    private static byte[] Native(string path) => Encoding.UTF8.GetBytes(path + '\0');

    [DllImport("libc", EntryPoint = "rename", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetName(byte[] from, byte[] to);

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int AddName(byte[] from, byte[] to);

    [DllImport("libc", EntryPoint = "mkdir", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakeFolder(byte[] path, uint mode);
}

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace KubeIdP.Cli.Store;

/// <summary>
/// A file that is read and written as a whole, for its owner alone. A process that is killed at any moment leaves the former content or the
/// new one.
/// </summary>
internal static class StateFile
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    private const int LargestFile = 1 << 20;

    private static readonly TimeSpan LeftoverAge = TimeSpan.FromMinutes(1);

    /// <summary>Null where there is none, and also where there is something else: damaged, of an unknown version, no file.</summary>
    /// <exception cref="StateFault">It belongs to somebody else, or can be read by others and that can't be changed.</exception>
    public static T? Read<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        if (!File.Exists(path)) return null;

        try
        {
            Protect(path, OwnerFile);
            var content = Content(path);
            return content is [] ? null : JsonSerializer.Deserialize(content, type);
        }
        catch (Exception fault) when (fault is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, fault);
        }
    }

    /// <param name="durable">Whether it must be there after a power failure.</param>
    /// <exception cref="StateFault">It can't be written.</exception>
    public static void Write<T>(string path, T content, JsonTypeInfo<T> type, bool durable = true)
    {
        // Two writers of one file, where no lock keeps them apart, have a temporary file each; the last one counts.
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            DeleteLeftovers(path);
            File.Delete(temporary);
            using (var stream = new FileStream(temporary, ForOwner(FileMode.CreateNew, FileAccess.Write, FileShare.None)))
            {
                stream.Write(JsonSerializer.SerializeToUtf8Bytes(content, type));
                stream.Flush(flushToDisk: durable);
            }

            Replace(temporary, path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, fault);
        }
    }

    /// <summary>Makes a folder that only its owner can open, or takes it away from others.</summary>
    /// <exception cref="StateFault">It belongs to somebody else, or can't be made.</exception>
    public static void PrepareFolder(string path)
    {
        try
        {
            if (Directory.Exists(path)) Protect(path, OwnerFolder);
            else if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
            else Directory.CreateDirectory(path, OwnerFolder);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, fault);
        }
    }

    /// <summary>Whether or not it is there.</summary>
    /// <exception cref="StateFault">It can't be deleted.</exception>
    public static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Nor is its folder there.
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, fault);
        }
    }

    /// <summary>How a file is opened that several processes append to.</summary>
    public static FileStreamOptions Appended() =>
        ForOwner(FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>How a file is opened that only one process may have open.</summary>
    public static FileStreamOptions Exclusive() => ForOwner(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    /// <summary>Says which file, why, and what to do.</summary>
    public static StateFault Unusable(string path, Exception fault) => new(fault is UnauthorizedAccessException
        ? $"{path} can't be used by this user. If kubeidp was run as another user before, such as with sudo, delete it or change its "
            + $"owner; or set {StateHome.Variable} to another folder."
        : $"{path} can't be used: {fault.Message}");

    /// <summary>A file that others can read holds a token that they may have read: it is closed before it is used again.</summary>
    private static void Protect(string path, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows()) return;

        if ((File.GetUnixFileMode(path) & ~OwnerFolder) != UnixFileMode.None) File.SetUnixFileMode(path, mode);
    }

    private static byte[] Content(string path)
    {
        // Shared with whoever replaces it at this moment, which Windows would refuse otherwise.
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var length = RandomAccess.GetLength(handle);
        if (length is 0 or > LargestFile) return [];

        var content = new byte[length];
        var read = 0;
        while (read < content.Length && RandomAccess.Read(handle, content.AsSpan(read), read) is > 0 and var more) read += more;
        return content[..read];
    }

    private static FileStreamOptions ForOwner(FileMode mode, FileAccess access, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerFile;
        return options;
    }

    private static void Replace(string temporary, string path)
    {
        for (var attempts = 0; ; attempts++)
        {
            try
            {
                File.Move(temporary, path, overwrite: true);
                return;
            }
            catch (Exception fault) when (OperatingSystem.IsWindows() && attempts < 20
                && fault is IOException or UnauthorizedAccessException)
            {
                // Somebody reads it at this moment.
                Thread.Sleep(20);
            }
        }
    }

    /// <summary>What killed processes have left.</summary>
    private static void DeleteLeftovers(string path)
    {
        foreach (var leftover in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, $"{Path.GetFileName(path)}.*.tmp"))
        {
            if (TimeProvider.System.GetUtcNow() - File.GetLastWriteTimeUtc(leftover) > LeftoverAge) File.Delete(leftover);
        }
    }
}

using System.Globalization;
using System.Text;
using KubeIdP.Core.Files;

namespace KubeIdP.Cli.Kubeconfigs;

/// <summary>
/// A person's kubeconfig on this machine. Whatever happens, it is what it was or all of what it becomes: the new text is written beside it,
/// and takes its place by a rename. Its mode is never widened, and nobody but its owner can read what is written. That is always the same
/// account: the file of another one is refused, because the rename would take it away from them.
/// </summary>
/// <param name="path">As given; the target of a symbolic link is changed, and the link stays.</param>
internal sealed class KubeconfigFile(string path, TimeProvider clock)
{
    // More than the clusters of the largest organisation, and less than would fill the memory.
    private const int MaxLength = 16 << 20;

    // Bytes that are not UTF-8 would otherwise be replaced, and be lost.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(3);

    /// <summary>For tests, which look at the disk after each step, as after a crash.</summary>
    internal Action<string>? AfterStep { get; init; }

    /// <summary>
    /// Writes a new file. Throws <see cref="IOException"/> if it exists and must not be replaced, or belongs to another account.
    /// </summary>
    public void Write(string text, bool replace)
    {
        var target = TargetOf(path);
        if (!replace && Path.Exists(target)) throw new IOException("The file exists. Use --force to replace it, or --merge to add to it.");

        Check(target);
        using var locked = Lock(target);
        Replace(target, text, ModeOf(target), replace);
    }

    /// <summary>
    /// Merges a kubeconfig of this server into it. Returns the answer of <see cref="KubeconfigMerge"/>, and the path of the copy of
    /// the file as it was; there is none if nothing changed, or there was no file. Throws <see cref="IOException"/>,
    /// <see cref="UnauthorizedAccessException"/>.
    /// </summary>
    public (MergedKubeconfig Answer, string? Backup) Merge(string added, bool use)
    {
        var target = TargetOf(path);

        // Its content is read under the lock alone: kubectl writes in place, so that without the lock it could be half a file.
        Check(target);
        if (Path.GetDirectoryName(target) is { } folder) PrivateFiles.CreateFolder(folder);
        using var locked = Lock(target);
        AfterStep?.Invoke("locked");

        var existing = Read(target);
        var answer = KubeconfigMerge.Merge(existing, added, use);
        if (answer is not MergedKubeconfig.Changed(var text, _)) return (answer, null);

        var mode = ModeOf(target);
        var backup = existing is null ? null : BackUp(target, mode);
        AfterStep?.Invoke("backed up");
        Replace(target, text, mode, replace: true);
        return (answer, backup);
    }

    private static string TargetOf(string path)
    {
        var full = Path.GetFullPath(path);
        return new FileInfo(full).LinkTarget is null ? full : File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
    }

    private static string? Read(string target)
    {
        Check(target);
        if (!File.Exists(target)) return null;

        try
        {
            return Strict.GetString(File.ReadAllBytes(target)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            throw new IOException("It is not a text in UTF-8.");
        }
    }

    /// <summary>A pipe would be read until somebody writes into it.</summary>
    private static void Check(string target)
    {
        if (Directory.Exists(target)) throw new IOException("It is a folder.");
        if (!File.Exists(target)) return;
        if (new FileInfo(target).Length > MaxLength) throw new IOException("The file is too large for a kubeconfig.");
        if (!FileStatus.Of(target).IsRegular) throw new IOException("It is not a regular file.");
    }

    /// <summary>
    /// Refuses the file of another account, as with sudo: a file that this process creates would take its place, and its owner could not
    /// read it any more. Only root could give it back, and a kubeconfig needs no root.
    /// </summary>
    /// <param name="own">A file that this process has created there.</param>
    private static void RefuseOthers(string target, string own)
    {
        if (!File.Exists(target)) return;

        var (owner, self) = (FileStatus.Of(target).Owner, FileStatus.Of(own).Owner);
        if (owner != self)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture,
                $"The file belongs to another account (user id {owner}; this one is {self}). Run the command as that account."));
        }
    }

    /// <summary>0600; for an existing file at most what its owner may do now.</summary>
    private static UnixFileMode ModeOf(string target) => OperatingSystem.IsWindows() || !File.Exists(target)
        ? PrivateFiles.OwnerOnly
        : File.GetUnixFileMode(target) & PrivateFiles.OwnerOnly;

    private string BackUp(string target, UnixFileMode mode)
    {
        var now = clock.GetUtcNow().UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        for (var number = 1; ; number++)
        {
            var backup = $"{target}.kubeidp-{now}{(number == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"-{number}"))}";
            try
            {
                WriteNew(backup, File.ReadAllBytes(target), mode);
                return backup;
            }
            catch (IOException) when (Path.Exists(backup) && number < 100)
            {
                // Another one of the same second.
            }
        }
    }

    private void Replace(string target, string text, UnixFileMode mode, bool replace)
    {
        var temporary = $"{target}.{Guid.NewGuid():N}.new";
        try
        {
            WriteNew(temporary, Strict.GetBytes(text), mode);
            AfterStep?.Invoke("written");
            File.Move(temporary, target, overwrite: replace);
            AfterStep?.Invoke("replaced");
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static void WriteNew(string file, byte[] content, UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = mode;
        using var stream = new FileStream(file, options);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>
    /// As kubectl does: a file FILE.lock that must not exist. kubectl takes the one beside the path that it was given, which may be the
    /// link or its target.
    /// </summary>
    private Held Lock(string target)
    {
        var held = new Held();
        try
        {
            foreach (var one in (string[])[.. new[] { Path.GetFullPath(path), target }.Distinct().Order(StringComparer.Ordinal)])
                held.Files.Add(Take($"{one}.lock"));
            RefuseOthers(target, $"{target}.lock");
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private string Take(string file)
    {
        for (var began = clock.GetTimestamp(); ;)
        {
            try
            {
                PrivateFiles.CreateWriter(file).Dispose();
                return file;
            }
            catch (IOException fault) when (fault.GetType() == typeof(IOException) && clock.GetElapsedTime(began) < LockTimeout)
            {
                // It exists, or did at that moment.
                Thread.Sleep(50);
            }
            catch (IOException) when (Path.Exists(file))
            {
                throw new IOException(
                    $"Another program, such as kubectl, is changing the file: {file} exists. If none is running, remove {file}.");
            }
        }
    }

    private sealed class Held : IDisposable
    {
        public List<string> Files { get; } = [];

        public void Dispose()
        {
            foreach (var file in Files) File.Delete(file);
        }
    }
}

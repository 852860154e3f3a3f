using System.Security;

namespace KubeIdP.Cli.Doctor.Kubeconfigs;

/// <summary>The files that kubectl reads, in its order.</summary>
internal static class KubeconfigFiles
{
    private const int LargestFile = 8 << 20;

    /// <param name="option">The value of <c>--kubeconfig</c>; null without one.</param>
    /// <exception cref="Misuse">One of them can't be read.</exception>
    public static IReadOnlyList<KubeconfigContent> Read(string? option, Func<string, string?> variable, string home) =>
        [.. Paths(option, variable("KUBECONFIG"), home).Where(path => option is not null || File.Exists(path)).Select(Read)];

    /// <summary>Absolute paths, whether or not there is a file.</summary>
    /// <param name="list">The variable KUBECONFIG; null or empty if it is not set.</param>
    public static IReadOnlyList<string> Paths(string? option, string? list, string home) =>
        option is not null ? [Path.GetFullPath(option)]
        : !string.IsNullOrEmpty(list)
            ? [.. list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(path => Path.GetFullPath(path)).Distinct()]
        : [Path.Combine(home, ".kube", "config")];

    private static KubeconfigContent Read(string path)
    {
        try
        {
            return new FileInfo(path).Length <= LargestFile
                ? KubeconfigReader.Read(path, File.ReadAllText(path))
                : throw new Misuse($"{path} is too large for a kubeconfig.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or SecurityException)
        {
            throw new Misuse($"{path} can't be read: {fault.Message}");
        }
    }
}

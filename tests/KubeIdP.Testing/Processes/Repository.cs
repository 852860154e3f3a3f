using System.Runtime.CompilerServices;

namespace KubeIdP.Testing.Processes;

/// <summary>The working copy that the tests were built from.</summary>
public static class Repository
{
    private static readonly string Root = Path.GetFullPath("../../..", Path.GetDirectoryName(ThisFile())!);

    /// <summary>As which the tests were built, and with them all else: Release or Debug.</summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    public static string File(string path) => Path.Combine(Root, path);

    private static string ThisFile([CallerFilePath] string path = "") => path;
}

using System.Diagnostics;
using System.Xml.Linq;

namespace KubeIdP.Testing.Processes;

/// <summary>
/// What deploy/deb/build.sh makes, and the folder with the program that it packs. tests/run.sh makes both beside the build; where they are
/// missing or older than the source, they are made here.
/// </summary>
internal static class ServerPackage
{
    private static readonly Lazy<Task> Made = new(MakeAsync);

    public static string Version { get; } =
        XDocument.Load(Repository.File("Directory.Build.props")).Descendants("Version").Single().Value;

    public static string Folder { get; } = Repository.File("artifacts/release");

    public static string Program { get; } = Repository.File("artifacts/program");

    public static string NameOf(string version) => $"kubeidp-server_{version}_amd64.deb";

    public static Task GetAsync() => Made.Value;

    /// <summary>Packs the program again, with any version, into a folder.</summary>
    public static async Task<string> BuildAsync(string version, string folder)
    {
        (await Programs.RunAsync(new ProcessStartInfo(Repository.File("deploy/deb/build.sh"), [version, folder, Program]), input: null,
            CancellationToken.None)).Succeeded();
        return Path.Combine(folder, NameOf(version));
    }

    private static async Task MakeAsync()
    {
        var package = new FileInfo(Path.Combine(Folder, NameOf(Version)));
        if (package.Exists && package.LastWriteTimeUtc >= Newest("deploy/deb", "deploy/systemd", "src/docs", "src/KubeIdP.Core",
            "src/KubeIdP.Data", "src/KubeIdP.Ldap", "src/KubeIdP.Connectors", "src/KubeIdP.Cli", "src/KubeIdP.Server", "migrations"))
            return;

        if (Directory.Exists(Program)) Directory.Delete(Program, recursive: true);
        await BuildAsync(Version, Folder);
    }

    private static DateTime Newest(params string[] folders) => folders
        .SelectMany(folder => Directory.EnumerateFiles(Repository.File(folder), "*", SearchOption.AllDirectories))
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
        .Max(file => File.GetLastWriteTimeUtc(file));
}

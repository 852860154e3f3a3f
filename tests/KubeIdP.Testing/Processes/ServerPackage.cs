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

    /// <summary>The file of the source that was changed last.</summary>
    /// <param name="places">Files, and folders with all that is in them but what a build makes.</param>
    public static FileInfo Newest(params string[] places) => places.Select(Repository.File)
        .SelectMany(place => File.Exists(place) ? [place] : Directory.EnumerateFiles(place, "*", SearchOption.AllDirectories))
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
        .Select(file => new FileInfo(file)).MaxBy(file => file.LastWriteTimeUtc)!;

    private static async Task MakeAsync()
    {
        var package = new FileInfo(Path.Combine(Folder, NameOf(Version)));
        if (package.Exists && package.LastWriteTimeUtc >= Newest("deploy/deb", "deploy/systemd", "src/docs", "src/KubeIdP.Core",
            "src/KubeIdP.Data", "src/KubeIdP.Ldap", "src/KubeIdP.Connectors", "src/KubeIdP.Cli", "src/KubeIdP.Server", "migrations")
            .LastWriteTimeUtc)
            return;

        if (Directory.Exists(Program)) Directory.Delete(Program, recursive: true);
        await BuildAsync(Version, Folder);
    }
}

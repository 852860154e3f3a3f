using System.Diagnostics;
using KubeIdP.Testing.Processes;

namespace KubeIdP.Testing.Cli;

/// <summary>
/// What deploy/kubeidp/publish.sh makes for this system: the native program and the packages for dotnet. tests/run.sh makes them beside
/// the build; where they are missing or older than the source, they are made here.
/// </summary>
public sealed record PublishedCli(string Program, string Archives, string Tools, string Version)
{
    // Not for all systems: the runtimes of the others are large.
    private static readonly string[] Parts = ["linux-x64", "tool"];
    private static readonly Lazy<Task<PublishedCli>> Made = new(MakeAsync);

    public static Task<PublishedCli> GetAsync() => Made.Value;

    private static async Task<PublishedCli> MakeAsync()
    {
        var archives = Repository.File("artifacts/release");
        var archive = Path.Combine(archives, $"kubeidp-{ServerPackage.Version}-linux-x64.tar.gz");
        var sums = new FileInfo(Path.Combine(archives, "SHA256SUMS"));
        if (!sums.Exists || sums.LastWriteTimeUtc < Sources().Max(file => File.GetLastWriteTimeUtc(file)) || !await HasPartsAsync())
        {
            var publish = new ProcessStartInfo(Repository.File("deploy/kubeidp/publish.sh"), [archives, .. Parts]);
            (await Programs.RunAsync(publish, input: null, CancellationToken.None)).Succeeded();
        }

        var folder = Scratch.NewFolder("kubeidp-native-");
        (await Programs.RunAsync(new ProcessStartInfo("tar", ["-xzf", archive, "-C", folder]), input: null, CancellationToken.None))
            .Succeeded();
        var unpacked = Directory.EnumerateDirectories(folder).Single();
        return new PublishedCli(
            Path.Combine(unpacked, "kubeidp"), archives, Path.Combine(archives, "tool"), ServerPackage.Version);

        // The last run may have made others.
        async Task<bool> HasPartsAsync()
        {
            var made = await File.ReadAllTextAsync(sums.FullName);
            return made.Contains(Path.GetFileName(archive), StringComparison.Ordinal) && made.Contains("tool/", StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string> Sources() =>
        new[] { "src/KubeIdP.Cli", "src/KubeIdP.Core" }
            .SelectMany(project => Directory.EnumerateFiles(Repository.File(project), "*.cs*", SearchOption.AllDirectories))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .Concat(new[]
                { "deploy/kubeidp/publish.sh", "deploy/artefacts.sh", "Directory.Build.props", "Directory.Packages.props" }
                .Select(Repository.File));
}

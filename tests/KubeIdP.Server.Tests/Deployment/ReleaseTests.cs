using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Deployment;

/// <summary>What deploy/release.sh makes, which tests/run.sh does beside the build.</summary>
public sealed class ReleaseTests(ReleaseTests.Release release) : IClassFixture<ReleaseTests.Release>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string Version => ServerPackage.Version;

    private static string ServerArchive => $"kubeidp-server-{Version}-linux-x64";

    [Fact]
    public async Task It_has_every_artefact_with_its_checksum_and_nothing_else()
    {
        string[] expected =
        [
            $"kubeidp-{Version}-linux-arm64.tar.gz", $"kubeidp-{Version}-linux-x64.tar.gz", $"kubeidp-{Version}-osx-arm64.tar.gz",
            $"kubeidp-{Version}-osx-x64.tar.gz", $"kubeidp-{Version}-win-x64.tar.gz", $"kubeidp-{Version}.cdx.json",
            $"kubeidp-{Version}.tgz", $"{ServerArchive}.tar.gz", $"kubeidp-server-{Version}.cdx.json",
            $"kubeidp-server_{Version}_amd64.deb", $"tool/KubeIdP.Cli.{Version}.nupkg", $"tool/KubeIdP.Cli.any.{Version}.nupkg",
            $"tool/KubeIdP.Cli.linux-x64.{Version}.nupkg",
        ];
        var sums = (await File.ReadAllLinesAsync(release.File("SHA256SUMS"), Ct)).Select(line => line.Split("  ")).ToList();

        Assert.Equal(expected.Order(StringComparer.Ordinal), sums.Select(sum => sum[1]).Order(StringComparer.Ordinal));
        Assert.All(sums, sum => Assert.Equal(sum[0], Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(release.File(sum[1]))))));
        Assert.Equal(expected.Length + 1, Directory.EnumerateFiles(release.Path, "*", SearchOption.AllDirectories).Count());
    }

    [Fact]
    public async Task The_archive_of_the_server_runs_as_it_is()
    {
        using var folder = new TemporaryFolder();
        var unpacked = await UnpackServerAsync(folder);

        var said = await RunAsync(Path.Combine(unpacked, "kubeidp-server"), "version");

        Assert.Contains(Version, said, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(unpacked, "LICENSE")));
    }

    [Fact]
    public async Task The_chart_can_be_installed_from_its_archive()
    {
        var rendered = await RunAsync("helm", "template", "kubeidp", release.File($"kubeidp-{Version}.tgz"), "--set",
            "config.issuer=https://idp.example.com,masterKey.secret=key,database.secret=pg");

        Assert.Contains($"image: \"kubeidp-server:{Version}\"", rendered, StringComparison.Ordinal);
    }

    /// <summary>Each library in the archive, by the files that lie there, and no other; and the runtime, which lies there too.</summary>
    [Fact]
    public async Task The_SBOM_of_the_server_names_exactly_what_its_archive_has()
    {
        using var folder = new TemporaryFolder();
        var unpacked = await UnpackServerAsync(folder);
        using var shipped = await ReadAsync(Path.Combine(unpacked, "kubeidp-server.deps.json"));
        var target = shipped.RootElement.GetProperty("targets")
            .GetProperty(shipped.RootElement.GetProperty("runtimeTarget").GetProperty("name").GetString()!);
        var claimed = target.EnumerateObject()
            .SelectMany(library => FilesOf(library.Value).Select(file => (File: file, Library: library.Name)))
            .ToLookup(one => one.File, one => one.Library, StringComparer.Ordinal);
        var files = Directory.EnumerateFiles(unpacked, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(unpacked, file))
            .Where(file => Path.GetExtension(file) is ".dll" or ".so").ToList();
        var ours = files.Where(file => Path.GetFileName(file).StartsWith("kubeidp", StringComparison.OrdinalIgnoreCase)).ToList();
        var expected = files.Except(ours).SelectMany(file => claimed.Contains(file)
            ? claimed[file]
            : throw new InvalidOperationException($"No library has {file}.")).Distinct().Select(NameOf);

        var named = await ComponentsAsync("kubeidp-server");

        Assert.True(files.Count > 200, $"Only {files.Count} files were found.");
        Assert.Equal(expected.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
        using var runtime = await ReadAsync(Path.Combine(unpacked, "kubeidp-server.runtimeconfig.json"));
        Assert.All(runtime.RootElement.GetProperty("runtimeOptions").GetProperty("includedFrameworks").EnumerateArray(),
            one => Assert.Contains($"{one.GetProperty("name")}.Runtime.linux-x64/{one.GetProperty("version")}", named));

        static IEnumerable<string> FilesOf(JsonElement library) =>
            from kind in (string[])["runtime", "native", "resources"]
            where library.TryGetProperty(kind, out _)
            from file in library.GetProperty(kind).EnumerateObject()
            select file.Value.TryGetProperty("locale", out var locale)
                ? $"{locale}/{Path.GetFileName(file.Name)}"
                : Path.GetFileName(file.Name);

        static string NameOf(string library) =>
            library.StartsWith("runtimepack.", StringComparison.Ordinal) ? library["runtimepack.".Length..] : library;
    }

    /// <summary>One for all systems: two libraries, and for each system the runtime that is compiled or packed into the program.</summary>
    [Fact]
    public async Task The_SBOM_of_kubeidp_names_its_libraries_and_the_runtime_of_each_system()
    {
        var named = await ComponentsAsync("kubeidp");
        var runtimes = named.Where(name => name.StartsWith("Microsoft.NETCore.App.Runtime.", StringComparison.Ordinal)).ToList();

        Assert.Equal(["System.CommandLine", "YamlDotNet"], named.Except(runtimes).Select(name => name.Split('/')[0]));
        Assert.Equal(
            (string[])["NativeAOT.linux-x64", "linux-arm64", "osx-arm64", "osx-x64", "win-x64"],
            runtimes.Select(name => name["Microsoft.NETCore.App.Runtime.".Length..].Split('/')[0]));
        Assert.Single(runtimes.Select(name => name.Split('/')[1]).Distinct());
    }

    [Fact]
    public async Task The_SBOMs_follow_the_schema_of_CycloneDX()
    {
        // Beside the tests; its packages are as in its lock file.
        var folder = Path.Combine(AppContext.BaseDirectory, "Deployment/cyclonedx");
        var npm = new ProcessStartInfo("npm", ["ci", "--ignore-scripts"]) { WorkingDirectory = folder };
        (await Programs.RunAsync(npm, input: null, Ct)).Succeeded();

        await RunAsync("node", Path.Combine(folder, "validate.mjs"), release.File($"kubeidp-{Version}.cdx.json"),
            release.File($"kubeidp-server-{Version}.cdx.json"));
    }

    [Theory]
    [InlineData(2, "Name the version.")]
    [InlineData(2, "1 is no version, such as 0.1.0.", "1")]
    [InlineData(2, "There is no option --force.", "--force")]
    [InlineData(1, "Directory.Build.props has another version than 99.0.0.", "--dry-run", "99.0.0")]
    public async Task A_wrong_argument_is_refused_before_anything_is_made(int exitCode, string sentence, params string[] words)
    {
        var outcome = await Programs.RunAsync(
            new ProcessStartInfo(Repository.File("deploy/release.sh"), words) { WorkingDirectory = Repository.File(".") }, input: null, Ct);

        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.Contains(sentence, outcome.Error, StringComparison.Ordinal);
    }

    private async Task<string> UnpackServerAsync(TemporaryFolder folder)
    {
        await RunAsync("tar", "-xzf", release.File($"{ServerArchive}.tar.gz"), "-C", folder.Path);
        return folder.File(ServerArchive);
    }

    /// <summary>The libraries that an SBOM names, such as <c>Npgsql/10.0.3</c>; each has its licence and its checksum.</summary>
    private async Task<List<string>> ComponentsAsync(string program)
    {
        using var sbom = await ReadAsync(release.File($"{program}-{Version}.cdx.json"));
        var root = sbom.RootElement;
        var main = root.GetProperty("metadata").GetProperty("component");
        var components = root.GetProperty("components").EnumerateArray().ToList();
        var reached = root.GetProperty("dependencies").EnumerateArray()
            .SelectMany(one => one.GetProperty("dependsOn").EnumerateArray().Select(to => to.GetString())).ToHashSet();

        Assert.Equal(("CycloneDX", program, Version), (root.GetProperty("bomFormat").GetString(), main.GetProperty("name").GetString(),
            main.GetProperty("version").GetString()));
        Assert.All(components, one =>
        {
            var (name, version) = (one.GetProperty("name").GetString(), one.GetProperty("version").GetString());
            Assert.Equal($"pkg:nuget/{name}@{version}", one.GetProperty("purl").GetString());
            Assert.Contains(one.GetProperty("bom-ref").GetString(), reached);
            Assert.Matches("^[0-9a-f]{128}$", one.GetProperty("hashes")[0].GetProperty("content").GetString());
            Assert.Contains(one.GetProperty("licenses")[0].GetProperty("license").GetProperty("id").GetString(),
                (string[])["MIT", "Apache-2.0", "PostgreSQL", "BSD-3-Clause"]);
        });
        return [.. components.Select(one => $"{one.GetProperty("name")}/{one.GetProperty("version")}").Order(StringComparer.Ordinal)];
    }

    private static async Task<JsonDocument> ReadAsync(string file) => JsonDocument.Parse(await File.ReadAllTextAsync(file, Ct));

    private static async Task<string> RunAsync(string program, params string[] words) =>
        (await Programs.RunAsync(new ProcessStartInfo(program, words), input: null, Ct)).Succeeded().Output;

    /// <summary>
    /// The release that lies there. One that is older than the source, or of which a part was made by another run, is not what these tests
    /// are about.
    /// </summary>
    public sealed class Release : IAsyncLifetime
    {
        public string Path { get; } = ServerPackage.Folder;

        public string File(string name) => System.IO.Path.Combine(Path, name);

        public ValueTask InitializeAsync()
        {
            var sums = new FileInfo(File("SHA256SUMS"));
            var why = !sums.Exists || !System.IO.File.ReadAllText(sums.FullName).Contains(ServerArchive, StringComparison.Ordinal)
                    ? $"{Path} has no whole release."
                : ServerPackage.Newest("src", "migrations", "deploy/deb", "deploy/systemd", "deploy/kubeidp", "deploy/helm",
                        "deploy/artefacts.sh", "deploy/release.sh", "LICENSE", "CHANGELOG.md", "Directory.Build.props",
                        "Directory.Packages.props") is var newest && newest.LastWriteTimeUtc > sums.LastWriteTimeUtc
                    ? $"{Path} is older than {newest}."
                : null;
            return why is null
                ? ValueTask.CompletedTask
                : throw new InvalidOperationException(
                    $"{why} Run deploy/release.sh --dry-run --program {ServerPackage.Program} {Version} {Path}");
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Deployment;

/// <summary>What deploy/release.sh makes. tests/run.sh has made it beside the build; where it is missing, it is made here.</summary>
public sealed class ReleaseTests(ReleaseTests.Release release) : IClassFixture<ReleaseTests.Release>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string Version => ServerPackage.Version;

    [Fact]
    public async Task It_has_every_artefact_with_its_checksum_and_nothing_else()
    {
        string[] expected =
        [
            $"kubeidp-{Version}-linux-arm64.tar.gz", $"kubeidp-{Version}-linux-x64.tar.gz", $"kubeidp-{Version}-osx-arm64.tar.gz",
            $"kubeidp-{Version}-osx-x64.tar.gz", $"kubeidp-{Version}-win-x64.tar.gz", $"kubeidp-{Version}.cdx.json",
            $"kubeidp-{Version}.tgz", $"kubeidp-server-{Version}-linux-x64.tar.gz", $"kubeidp-server-{Version}.cdx.json",
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
        await RunAsync("tar", "-xzf", release.File($"kubeidp-server-{Version}-linux-x64.tar.gz"), "-C", folder.Path);
        var unpacked = Path.Combine(folder.Path, $"kubeidp-server-{Version}-linux-x64");

        var said = await RunAsync(Path.Combine(unpacked, "kubeidp-server"), "version");

        Assert.Contains(Version, said, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(unpacked, "LICENSE")));
    }

    /// <summary>The libraries of each program; that of the server has those of kubeidp, whose verbs it has.</summary>
    [Theory]
    [InlineData("kubeidp-server", "OpenIddict.Server", "Npgsql", "System.CommandLine")]
    [InlineData("kubeidp", "YamlDotNet", "System.CommandLine")]
    public async Task The_SBOM_names_the_version_and_the_libraries(string name, params string[] libraries)
    {
        using var sbom = JsonDocument.Parse(await File.ReadAllTextAsync(release.File($"{name}-{Version}.cdx.json"), Ct));
        var component = sbom.RootElement.GetProperty("metadata").GetProperty("component");
        var names = sbom.RootElement.GetProperty("components").EnumerateArray().Select(one => one.GetProperty("name").GetString()).ToList();

        Assert.Equal((name, Version), (component.GetProperty("name").GetString(), component.GetProperty("version").GetString()));
        Assert.All(libraries, library => Assert.Contains(library, names));
        Assert.DoesNotContain("xunit.v3", names);
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

    private static async Task<string> RunAsync(string program, params string[] words) =>
        (await Programs.RunAsync(new ProcessStartInfo(program, words), input: null, Ct)).Succeeded().Output;

    public sealed class Release : IAsyncLifetime
    {
        public string Path { get; } = ServerPackage.Folder;

        public string File(string name) => System.IO.Path.Combine(Path, name);

        public async ValueTask InitializeAsync()
        {
            if (System.IO.File.Exists(File($"kubeidp-{Version}.tgz"))) return;

            var make = new ProcessStartInfo(Repository.File("deploy/release.sh"),
                ["--dry-run", "--program", ServerPackage.Program, Version, Path]);
            (await Programs.RunAsync(make, input: null, CancellationToken.None)).Succeeded();
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

using System.Diagnostics;
using System.Text.RegularExpressions;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Deployment;

/// <summary>
/// What the image holds, under the restrictions of the manifests: another account, no capabilities, nothing but a bare Debian and the
/// runtime, and nothing writable but a folder for state. bubblewrap stands for the container engine, and Debian for the image's base.
/// </summary>
public sealed class PublishedTests(PublishedTests.Publication published) : IClassFixture<PublishedTests.Publication>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_serves_a_login_and_keeps_to_its_folder()
    {
        var management = Ports.Free();
        await using var issuer = new IssuerProcess($$"""
            issuer: https://localhost:{{Ports.Free()}}
            management: { listen: "http://127.0.0.1:{{management}}" }
            """) { Program = Sandbox };
        Directory.CreateDirectory(issuer.DataDirectory);
        await issuer.StartAsync(Ct);
        using var platform = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{management}") };
        using var kubectl = issuer.CreateClient();
        using var browser = issuer.CreateBrowser();

        var tokens = await kubectl.LogInAsync(browser, await issuer.AddAccountAsync("alice", Ct), Ct);
        var refreshed = await kubectl.RefreshPatientlyAsync(tokens.RefreshToken!, Ct);

        Assert.True(refreshed.IsSuccess, refreshed.Text);
        Assert.EndsWith("ready\n", await platform.GetStringAsync("/readyz", Ct), StringComparison.Ordinal);
        Assert.DoesNotContain("Read-only file system", issuer.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("Permission denied", issuer.Log, StringComparison.Ordinal);
    }

    /// <summary>Nobody needs what the build needed, and what nobody needs must be looked after all the same.</summary>
    [Fact]
    public void It_holds_nothing_of_the_build() =>
        Assert.DoesNotContain(Directory.GetFiles(published.Path),
            file => Regex.IsMatch(Path.GetFileName(file), @"CodeAnalysis|EntityFrameworkCore\.Design|MSBuild|Testing|xunit",
                RegexOptions.IgnoreCase));

    private IReadOnlyList<string> Sandbox(IssuerProcess issuer)
    {
        var runtime = Path.GetFullPath("../../..", System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory());
        return
        [
            Programs.Required("/usr/bin/bwrap"), "--unshare-all", "--share-net", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
            "--uid", "1654", "--gid", "1654",
            "--clearenv", "--setenv", "DOTNET_ROOT", "/dotnet", "--setenv", "DOTNET_EnableDiagnostics", "0",
            "--setenv", "HOME", "/home/app",
            "--ro-bind", $"{DebianMachine.Root}/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
            "--ro-bind", $"{DebianMachine.Root}/etc/ssl", "/etc/ssl", "--ro-bind", runtime, "/dotnet",
            "--proc", "/proc", "--dev", "/dev", "--ro-bind", published.Path, "/app", "--ro-bind", issuer.Folder, issuer.Folder, "--bind",
            issuer.DataDirectory, issuer.DataDirectory,
            "--remount-ro", "/", "--chdir", issuer.Folder, "/app/kubeidp-server",
        ];
    }

    /// <summary>The folder that goes into the image.</summary>
    public sealed class Publication : IAsyncLifetime
    {
        private readonly TemporaryFolder folder = new();

        public string Path => folder.Path;

        public async ValueTask InitializeAsync()
        {
            var publish = new ProcessStartInfo(IssuerProcess.DotnetHost,
                ["publish", Repository.File("src/KubeIdP.Server"), "--no-build", "-c", Repository.Configuration, "-o", Path]);
            (await Programs.RunAsync(publish, input: null, Ct)).Succeeded();
        }

        public ValueTask DisposeAsync()
        {
            folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

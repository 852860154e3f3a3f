using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

/// <summary>An SQLite database has one server. The next one refuses to start, and the first one keeps running.</summary>
public sealed class SecondServerTests : IAsyncLifetime
{
    private readonly IssuerProcess issuer = new($"issuer: https://localhost:{Ports.Free()}\n");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await issuer.StartAsync(Ct);

    public ValueTask DisposeAsync() => issuer.DisposeAsync();

    [Fact]
    public async Task It_is_refused_until_the_first_one_has_ended_in_whatever_way()
    {
        await AssertRefusedAsync(issuer.DataDirectory);
        await AssertRefusedAsync(issuer.DataDirectory, migrate: true);

        // As a second container sees the volume that both have: another place, another name, another process.
        var volume = Path.Combine(issuer.Folder, "volume");
        Directory.CreateDirectory(volume);
        await AssertRefusedAsync(volume,
            others => [Programs.Required("/usr/bin/bwrap"), "--dev-bind", "/", "/", "--bind", issuer.DataDirectory, volume, "--unshare-pid",
                "--proc", "/proc", .. others]);

        (await issuer.RunAsync(["people", "add", "alice", "--invite"], ct: Ct)).Succeeded();
        Assert.Contains("alice", (await issuer.RunAsync(["people", "list"], ct: Ct)).Succeeded().Output, StringComparison.Ordinal);

        await issuer.KillAsync(Ct);
        await issuer.StartAsync(Ct);
        Assert.Equal(0, await issuer.StopAsync(Ct));
        await issuer.StartAsync(Ct);
    }

    // What seems to be locked and is not would let the second one in.
    [Fact]
    public async Task Without_locks_nobody_starts()
    {
        await using var unlocked = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\n",
            new Dictionary<string, string> { ["DOTNET_SYSTEM_IO_DISABLEFILELOCKING"] = "1" });

        var outcome = await unlocked.RunAsync(["serve"], ct: Ct);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("does not support locks", outcome.Error, StringComparison.Ordinal);
    }

    private static async Task AssertRefusedAsync(string dataDirectory, Func<IReadOnlyList<string>, IReadOnlyList<string>>? within = null,
        bool migrate = false)
    {
        await using var second = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\ndataDirectory: {dataDirectory}\n")
        {
            Program = within is null ? null : _ => within([IssuerProcess.DotnetHost, IssuerProcess.ServerDll]),
        };

        var outcome = await second.RunAsync(migrate ? ["serve", "--migrate"] : ["serve"], ct: Ct);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains($"Another server is using the database {dataDirectory}/kubeidp.db", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("Stop that server first", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }
}

using KubeIdP.Testing.Cli;
using Xunit;

namespace KubeIdP.Cli.Tests.Native;

/// <summary>The native program as people get it. Its speed is measured in tests/KubeIdP.Load (plugin-start).</summary>
public sealed class NativeProgramTests : IAsyncLifetime
{
    private const long MiB = 1 << 20;

    private PublishedCli published = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => published = await PublishedCli.GetAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public void It_is_one_file_of_less_than_12_MiB_beside_its_licence()
    {
        var folder = Path.GetDirectoryName(published.Program)!;

        Assert.Equal(
            ["LICENSE", "kubeidp"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.InRange(new FileInfo(published.Program).Length, MiB, 12 * MiB);
    }

    [Fact]
    public async Task From_its_file_it_gives_the_same_token_as_the_ordinary_build_in_less_than_20_MiB_of_memory()
    {
        await using var issuer = await ScriptedIssuer.StartAsync(Ct);
        issuer.ClusterLifetime = TimeSpan.FromMinutes(10);
        var ordinary = new CliProgram(issuer.AuthorityPem);
        (await ordinary.SignInAsync(issuer, Ct)).Succeeded();
        (await ordinary.RunAsync(Ct, "token", "prod")).Succeeded();
        await issuer.StopAsync(Ct);
        var native = new CliProgram(program: published.Program) { Environment = { ["KUBEIDP_HOME"] = ordinary.Home } };

        var expected = (await ordinary.RunAsync(Ct, "token", "prod")).Succeeded();
        var measured = await native.MeasureAsync(Ct, "token", "prod");

        Assert.Equal(expected, measured.Outcome);
        Assert.InRange(measured.PeakMemory, MiB, 20 * MiB);
    }

    [Fact]
    public async Task It_signs_in_and_gets_a_token_over_TLS()
    {
        await using var issuer = await ScriptedIssuer.StartAsync(Ct);
        var native = new CliProgram(issuer.AuthorityPem, published.Program);

        (await native.SignInAsync(issuer, Ct)).Succeeded();
        var whoami = (await native.RunAsync(Ct, "whoami")).Succeeded();
        var token = CliProgram.TokenOf(await native.RunAsync(Ct, "token", "prod"));

        Assert.Contains("alice@example.com", whoami.Output, StringComparison.Ordinal);
        Assert.Equal(3, token.Split('.').Length);
    }
}

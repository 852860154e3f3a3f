using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Deployment;

/// <summary>The unit for systemd, and what the server tells whoever started it. <see cref="DebTests"/> runs it under systemd.</summary>
public sealed class UnitTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string Unit => Repository.File("deploy/systemd/kubeidp-server.service");

    [Fact]
    public async Task It_is_exposed_to_little()
    {
        var analysed = await Programs.RunAsync(
            new ProcessStartInfo(Programs.Required("/usr/bin/systemd-analyze"), ["security", "--offline=true", "--threshold=20", Unit]),
            input: null, Ct);

        // 0 is nothing, 10 everything. The threshold is in tenths.
        var exposure = Regex.Match(analysed.Output, @"Overall exposure level for \S+: ([0-9.]+)");
        Assert.True(exposure.Success, analysed.ToString());
        Assert.True(double.Parse(exposure.Groups[1].Value, CultureInfo.InvariantCulture) < 2.0, analysed.Output);
        Assert.Equal(0, analysed.ExitCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_says_that_it_is_ready_when_it_serves_and_that_it_stops(bool isAbstract)
    {
        await using var manager = new ServiceManager(isAbstract);
        await using var issuer = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\n",
            new Dictionary<string, string> { ["NOTIFY_SOCKET"] = manager.Address });

        await issuer.StartAsync(Ct);
        await UntilToldAsync(manager, "READY=1", issuer);
        Assert.Equal(["READY=1", $"STATUS=Serves {issuer.Issuer.OriginalString}"], manager.Told);
        await issuer.StopAsync(Ct);

        Assert.Equal(["STOPPING=1", "STATUS=Stops"], manager.Told.Skip(2));
    }

    [Fact]
    public async Task The_start_of_a_server_without_its_database_is_over_and_it_says_what_it_waits_for()
    {
        await using var server = await PostgresServer.StartNewAsync(Ct);
        var database = await server.CreateDatabaseAsync(Ct);
        await server.StopAsync(Ct);
        await using var manager = new ServiceManager();
        await using var issuer = new IssuerProcess(Replicas.Configuration(database, Replicas.NewMasterKey()),
            new Dictionary<string, string> { ["NOTIFY_SOCKET"] = manager.Address });

        var starting = issuer.StartAsync(Ct);
        await UntilToldAsync(manager, "STATUS=Waits: The database does not answer", issuer);

        Assert.Equal("READY=1", manager.Told[0]);
        Assert.DoesNotContain(manager.Told, one => one.StartsWith("STATUS=Serves", StringComparison.Ordinal));
        await server.StartAsync(Ct);
        await starting;
        await UntilToldAsync(manager, "STATUS=Serves", issuer);
    }

    [Fact]
    public async Task A_server_whose_manager_has_gone_serves_all_the_same()
    {
        await using var issuer = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\n",
            new Dictionary<string, string> { ["NOTIFY_SOCKET"] = "/nowhere/socket" });

        await issuer.StartAsync(Ct);
        await issuer.StopAsync(Ct);

        Assert.Contains("\"EventId\":1025", issuer.Log, StringComparison.Ordinal);
    }

    private static async Task UntilToldAsync(ServiceManager manager, string beginning, IssuerProcess issuer)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!manager.Told.Any(one => one.StartsWith(beginning, StringComparison.Ordinal)))
        {
            Assert.False(limit.IsCancellationRequested, issuer.Log);
            await Task.Delay(50, Ct);
        }
    }
}

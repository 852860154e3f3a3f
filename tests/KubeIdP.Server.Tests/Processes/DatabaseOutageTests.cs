using System.Diagnostics;
using System.Net;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Processes;
using Npgsql;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

[Collection(nameof(OneAtATime))]
public sealed class DatabaseOutageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_database_that_is_away_costs_503_and_nobody_the_session()
    {
        await using var server = await PostgresServer.StartNewAsync(Ct);
        await using var replicas = await Replicas.StartAsync(1, Ct, server);
        var account = await replicas.AddAccountAsync("alice", Ct);
        var kubectl = replicas[0].CreateClient();
        using var browser = replicas[0].CreateBrowser();
        var tokens = await kubectl.LogInAsync(browser, account, Ct);

        await server.StopAsync(Ct);
        using var outage = await kubectl.PostAsync("connect/token", Ct, ("grant_type", "refresh_token"),
            ("refresh_token", tokens.RefreshToken));
        var configuration = await kubectl.GetJsonAsync(".well-known/openid-configuration", Ct);
        var jwks = await kubectl.GetJsonAsync(".well-known/jwks", Ct);
        var page = await browser.GoAsync(kubectl.AuthorizeUrl(), Ct);
        var refused = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => kubectl.RefreshAsync(tokens.RefreshToken!, Ct)));

        // The cause, and not a stack for each request.
        Assert.All(refused, answer => Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status));
        var said = replicas[0].OutputLines.Where(line => line.Contains("\"EventId\":1001,", StringComparison.Ordinal)).ToList();
        Assert.InRange(said.Count, 1, 10);
        Assert.All(said, line => Assert.Contains("The database does not answer. ", line, StringComparison.Ordinal));
        Assert.All(said, line => Assert.DoesNotContain("   at ", line, StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, outage.StatusCode);
        Assert.NotNull(outage.Headers.RetryAfter);
        Assert.Contains("temporarily_unavailable", await outage.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal(replicas[0].Issuer.ToString(), configuration.GetProperty("issuer").GetString());
        Assert.NotEmpty(jwks.GetProperty("keys").EnumerateArray());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);

        await server.StartAsync(Ct);
        var healed = await kubectl.RefreshAsync(tokens.RefreshToken!, Ct);
        for (var since = Stopwatch.StartNew(); !healed.IsSuccess
            && since.Elapsed < TimeSpan.FromSeconds(10); healed = await kubectl.RefreshAsync(tokens.RefreshToken!, Ct))
        {
            // Connections of before the crash break once more each.
            Assert.Equal(HttpStatusCode.ServiceUnavailable, healed.Status);
            await Task.Delay(100, Ct);
        }

        Assert.True(healed.IsSuccess, healed.Text);
        Assert.Equal(account.Username, healed.Claims.GetProperty("preferred_username").GetString());
    }

    [Fact]
    public async Task An_outage_that_is_short_as_a_failover_nobody_notices()
    {
        await using var server = await PostgresServer.StartNewAsync(Ct);
        await using var replicas = await Replicas.StartAsync(1, Ct, server);
        var account = await replicas.AddAccountAsync("alice", Ct);
        using var kubectl = replicas[0].CreateClient();
        using var browser = replicas[0].CreateBrowser();
        var tokens = await kubectl.LogInAsync(browser, account, Ct);

        // On a machine that is busy with something else a restart may take longer than what is promised: then it says nothing.
        var tries = 0;
        for (TimeSpan took = TimeSpan.MaxValue; took > TimeSpan.FromSeconds(1.5); tries++)
        {
            Assert.True(tries < 10, "PostgreSQL never came back within a second and a half.");
            tokens = (await kubectl.RefreshPatientlyAsync(tokens.RefreshToken!, Ct)).Succeeded();
            await server.StopAsync(Ct);
            var since = Stopwatch.StartNew();
            var waiting = kubectl.RefreshAsync(tokens.RefreshToken!, Ct);
            await Task.Delay(TimeSpan.FromMilliseconds(100), Ct);
            Assert.False(waiting.IsCompleted);
            await server.StartAsync(Ct);
            took = since.Elapsed;

            var answer = await waiting;
            if (took <= TimeSpan.FromSeconds(1.5)) Assert.True(answer.IsSuccess, answer.Text);
            if (answer.IsSuccess) tokens = answer;
        }
    }

    [Fact]
    public async Task The_password_of_the_database_changes_without_a_restart()
    {
        await using var server = await PostgresServer.StartNewAsync(Ct);
        await server.CreateAccountAsync("kubeidp", "first", Ct);
        var passwordFile = Path.GetTempFileName();
        AtExit.Run($"rm -f {passwordFile}");
        await File.WriteAllTextAsync(passwordFile, "first\n", Ct);
        var database = new NpgsqlConnectionStringBuilder(await server.CreateDatabaseAsync(Ct)) { Username = "kubeidp" };
        await using var issuer =
            new IssuerProcess($"{Replicas.Configuration(database.ToString(), Replicas.NewMasterKey())}\n  passwordFile: {passwordFile}");
        await issuer.StartAsync(Ct);
        var account = await issuer.AddAccountAsync("alice", Ct);
        using var kubectl = issuer.CreateClient();
        using var browser = issuer.CreateBrowser();
        var tokens = await kubectl.LogInAsync(browser, account, Ct);

        await server.AdministerAsync("ALTER ROLE kubeidp PASSWORD 'second'", Ct);
        await server.CutAsync("kubeidp", Ct);
        var early = await kubectl.RefreshAsync(tokens.RefreshToken!, Ct);
        await File.WriteAllTextAsync(passwordFile, "second\n", Ct);
        var late = await kubectl.RefreshPatientlyAsync(tokens.RefreshToken!, Ct);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, early.Status);
        Assert.True(late.IsSuccess, late.Text);
    }
}

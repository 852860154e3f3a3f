using System.Diagnostics;
using System.Net;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

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
        using var outage = await kubectl.PostAsync("connect/token", Ct, ("grant_type", "refresh_token"), ("refresh_token", tokens.RefreshToken));
        var configuration = await kubectl.GetJsonAsync(".well-known/openid-configuration", Ct);
        var jwks = await kubectl.GetJsonAsync(".well-known/jwks", Ct);
        var page = await browser.GoAsync(kubectl.AuthorizeUrl(), Ct);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, outage.StatusCode);
        Assert.NotNull(outage.Headers.RetryAfter);
        Assert.Contains("temporarily_unavailable", await outage.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal(replicas[0].Issuer.ToString(), configuration.GetProperty("issuer").GetString());
        Assert.NotEmpty(jwks.GetProperty("keys").EnumerateArray());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);

        await server.StartAsync(Ct);
        var healed = await kubectl.RefreshAsync(tokens.RefreshToken!, Ct);
        for (var since = Stopwatch.StartNew(); !healed.IsSuccess && since.Elapsed < TimeSpan.FromSeconds(10); healed = await kubectl.RefreshAsync(tokens.RefreshToken!, Ct))
        {
            // Connections of before the crash break once more each.
            Assert.Equal(HttpStatusCode.ServiceUnavailable, healed.Status);
            await Task.Delay(100, Ct);
        }

        Assert.True(healed.IsSuccess, healed.Text);
        Assert.Equal(account.Username, healed.Claims.GetProperty("preferred_username").GetString());
    }
}

using System.Net;
using KubeIdP.Data.DeviceCodes;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.DeviceCode;

/// <summary>The requests of strangers: who may make them, how many, and what becomes of them.</summary>
public abstract class DeviceRequestTests(RunningIssuer running) : DeviceCodeTests(running)
{
    private DeviceRequestStore Store => Issuer.Services.GetRequiredService<DeviceRequestStore>();

    [Theory]
    [InlineData("kubernetes-es", "unauthorized_client")]
    [InlineData("web", "unauthorized_client")]
    [InlineData("nobody", "invalid_client")]
    [InlineData(null, "invalid_client")]
    public async Task Other_clients_get_no_code(string? clientId, string error)
    {
        var answer = await Kubectl.AskForDeviceAsync(Ct, ("client_id", clientId),
            ("client_secret", clientId == "web" ? Testing.Issuers.InMemoryIssuer.WebSecret : null));

        Assert.NotEqual(HttpStatusCode.OK, answer.Status);
        Assert.Contains(answer.Error, (string[])[error, "invalid_request"]);
    }

    [Fact]
    public async Task Administration_is_not_given_by_device_code()
    {
        var answer = await Kubectl.AskForDeviceAsync(Ct, ("scope", "openid admin"));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_scope"), (answer.Status, answer.Error));
    }

    // OpenID Connect Core §3.1.2.1, as at the authorization endpoint.
    [Fact]
    public async Task Scopes_that_nobody_knows_are_left_out() =>
        (await Kubectl.AskForDeviceAsync(Ct, ("scope", "openid something-else"))).Succeeded();

    [Fact]
    public async Task A_parameter_that_comes_twice_is_refused()
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Post, "/connect/device")
        {
            Content = new FormUrlEncodedContent([new("client_id", "kubernetes"), new("scope", "openid"), new("scope", "email")]),
        });

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("invalid_request", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Discovery_announces_endpoint_and_grant()
    {
        var discovery = await Kubectl.GetJsonAsync(".well-known/openid-configuration", Ct);

        Assert.Equal("https://idp.example.test/connect/device", discovery.GetProperty("device_authorization_endpoint").GetString());
        Assert.Contains("urn:ietf:params:oauth:grant-type:device_code", Strings(discovery.GetProperty("grant_types_supported")));
    }

    [Fact]
    public async Task One_address_may_have_ten_requests_at_once()
    {
        for (var i = 0; i < 10; i++) (await AskFromAsync("192.0.2.90")).Succeeded();

        var eleventh = await AskFromAsync("192.0.2.90");
        (await AskFromAsync("192.0.2.91")).Succeeded();
        Clock.Advance(TimeSpan.FromMinutes(5));
        (await AskFromAsync("192.0.2.90")).Succeeded();

        Assert.Equal((HttpStatusCode.TooManyRequests, "slow_down"), (eleventh.Status, eleventh.Error));
        Assert.Contains("(reference ", eleventh.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Thirty_that_ask_at_once_get_no_more_than_ten_requests()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => Task.Run(() => AskFromAsync("2001:db8::1"), Ct)));

        Assert.Equal(10, answers.Count(answer => answer.Status == HttpStatusCode.OK));
    }

    [Fact]
    public async Task The_table_has_a_limit_that_holds_for_everybody_and_is_free_again_after_expiry()
    {
        for (var i = 0; i < DeviceRequestStore.MaxLive; i++)
        {
            Assert.Equal(DeviceStart.Stored, await Store.StartAsync(
                new NewDeviceRequest($"r{Clock.GetUtcNow().Ticks}-{i}", BitConverter.GetBytes(Clock.GetUtcNow().Ticks + i),
                    new("kubernetes"), "openid", null, $"network {i / 10}", null, TimeSpan.FromMinutes(5)), Ct));
        }

        var refused = await AskFromAsync("192.0.2.95");
        Clock.Advance(TimeSpan.FromMinutes(6));
        await Store.PruneAsync(Ct);
        (await AskFromAsync("192.0.2.95")).Succeeded();

        Assert.Equal((HttpStatusCode.TooManyRequests, "slow_down"), (refused.Status, refused.Error));
        Assert.Equal(1, (await Database.CountRowsAsync(Ct))["device_requests"]);
    }

    [Fact]
    public async Task A_session_that_no_machine_came_for_ends_with_the_request_and_others_go_on()
    {
        var (_, browser) = await SignInAsync();
        var abandoned = await AskFromAsync("192.0.2.97");
        var collected = await AskFromAsync("192.0.2.98");
        await browser.ApproveAsync(abandoned, Ct);
        await browser.ApproveAsync(collected, Ct);
        var tokens = (await Kubectl.PollAsync(collected, Ct)).Succeeded();

        Clock.Advance(TimeSpan.FromMinutes(6));
        await Store.PruneAsync(Ct);
        var page = await browser.GoAsync("/account", Ct);

        Assert.False(page.Has("device code from 192.0.2.97"), page.Text);
        Assert.True(page.Has("device code from 192.0.2.98"), page.Text);
        (await Kubectl.RefreshAsync(tokens.RefreshToken!, Ct)).Succeeded();
    }
}

public sealed class DeviceRequestsOnSqlite(DevicesOnSqlite running) : DeviceRequestTests(running), IClassFixture<DevicesOnSqlite>;

public sealed class DeviceRequestsOnPostgres(DevicesOnPostgres running) : DeviceRequestTests(running), IClassFixture<DevicesOnPostgres>;

/// <summary>Without a cluster that has device codes, nothing of them is there.</summary>
public sealed class NoDeviceCodeTests(IssuerOnSqlite running) : ProtocolTests(running), IClassFixture<IssuerOnSqlite>
{
    [Fact]
    public async Task Discovery_announces_nothing_and_the_endpoint_and_the_pages_are_not_there()
    {
        var discovery = await Kubectl.GetJsonAsync(".well-known/openid-configuration", Ct);
        using var response = await Kubectl.PostAsync("connect/device", Ct, ("scope", "openid"));
        var account = await AddAccountAsync();
        using var browser = Issuer.CreateBrowser();
        await account.SignInAsync(browser, new Uri(Issuer.Issuer, "/account"), Ct);

        Assert.False(discovery.TryGetProperty("device_authorization_endpoint", out _));
        Assert.DoesNotContain("urn:ietf:params:oauth:grant-type:device_code", Strings(discovery.GetProperty("grant_types_supported")));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GoAsync("/device", Ct)).Status);
        Assert.Equal("unsupported_grant_type",
            (await Kubectl.TokenAsync(Ct, ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", "x"))).Error);
    }
}

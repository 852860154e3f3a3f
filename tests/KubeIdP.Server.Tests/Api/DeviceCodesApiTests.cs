using KubeIdP.Data.Audit;
using KubeIdP.Server.Tests.Admin;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Api;

/// <summary>The machines that wait for somebody to approve their code, as programs see them.</summary>
public abstract class DeviceCodesApiTests(ClassIssuer shared, bool postgres) : ApiTests(shared, postgres)
{
    private static readonly object Why = new { reason = "somebody sends codes to people" };

    private protected override Func<Settings, Settings> Configured => settings => AdminTests.WithDeviceCodes(base.Configured(settings));

    [Fact]
    public async Task A_request_is_listed_without_its_code_and_denied_for_whoever_opened_it()
    {
        var alice = await Running.AddAccountAsync("alice", Ct);
        using var browser = Running.CreateBrowser("192.0.2.7");
        await alice.SignInAsync(browser, new Uri(Running.Issuer, "/account"), Ct);
        using var machine = new RelyingParty(Running.CreateHandler("198.51.100.3"), Running.Issuer);
        var asked = (await machine.AskForDeviceAsync(Ct)).Succeeded();
        var token = await ServiceTokenAsync();

        var waiting = (await GetAsync(token, "/device-codes")).Succeeded();
        var page = await browser.TypeCodeAsync(asked.UserCode, Ct);
        var opened = Assert.Single((await GetAsync(token, "/device-codes")).Succeeded().GetProperty("items").EnumerateArray());
        var id = opened.GetProperty("id").GetString()!;
        var denied = await PostAsync(token, $"/device-codes/{id}/deny", Why);
        var again = await PostAsync(token, $"/device-codes/{id}/deny", Why);
        var approved = await page.PressAsync(DeviceCodes.Yes, Ct);

        Assert.Equal("waiting", waiting.GetProperty("items")[0].GetProperty("state").GetString());
        Assert.Equal(("opened", "kubernetes", "198.51.100.3", "alice", await IdOfAsync("alice")),
            (opened.GetProperty("state").GetString(), opened.GetProperty("clientId").GetString(), opened.GetProperty("address").GetString(),
                opened.GetProperty("username").GetString(), opened.GetProperty("personId").GetString()));
        Assert.DoesNotContain(asked.UserCode, opened.ToString(), StringComparison.Ordinal);
        Assert.True(denied.Succeeded().GetProperty("changed").GetBoolean());
        Assert.False(again.Succeeded().GetProperty("changed").GetBoolean());
        Assert.True(approved.Has("This request is over"), approved.Text);
        var answer = await machine.PollAsync(asked, Ct);
        Assert.Equal("access_denied", answer.Error);
        Assert.StartsWith("An administrator has denied the sign-in.", answer.ErrorDescription, StringComparison.Ordinal);
        var audited = Assert.Single(await AuditAsync(AuditEventType.DeviceDenied));
        Assert.Equal(("client:robot", await IdOfAsync("alice"), "machine at 198.51.100.3", "somebody sends codes to people", "203.0.113.7"),
            (audited.Actor, audited.PersonId, audited.Detail, audited.Reason, audited.Address));
        Assert.Equal("deniedByAdministrator",
            (await GetAsync(token, "/device-codes")).Succeeded().GetProperty("items")[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task An_approved_request_names_its_session_and_is_not_denied_any_more_and_an_expired_one_is_gone()
    {
        var alice = await Running.AddAccountAsync("alice", Ct);
        using var browser = Running.CreateBrowser("192.0.2.7");
        await alice.SignInAsync(browser, new Uri(Running.Issuer, "/account"), Ct);
        using var machine = Running.CreateClient();
        var asked = (await machine.AskForDeviceAsync(Ct)).Succeeded();
        await browser.ApproveAsync(asked, Ct);
        var token = await ServiceTokenAsync();

        var row = (await GetAsync(token, "/device-codes")).Succeeded().GetProperty("items")[0];
        var denied = await PostAsync(token, $"/device-codes/{row.GetProperty("id")}/deny", Why);
        var tokens = (await machine.PollAsync(asked, Ct)).Succeeded();
        var ofDevices = (await GetAsync(token, "/sessions?kind=device")).Succeeded().GetProperty("items");
        Running.Clock.Advance(TimeSpan.FromMinutes(5));
        token = await ServiceTokenAsync();

        Assert.Equal(("approved", tokens.Claims.GetProperty("sid").GetString()),
            (row.GetProperty("state").GetString(), row.GetProperty("sessionId").GetString()));
        Assert.Equal(row.GetProperty("sessionId").GetString(), Assert.Single(ofDevices.EnumerateArray()).GetProperty("id").GetString());
        Assert.False(denied.Succeeded().GetProperty("changed").GetBoolean());
        Assert.Empty((await GetAsync(token, "/device-codes")).Succeeded().GetProperty("items").EnumerateArray());
        Assert.Equal(404, (await PostAsync(token, $"/device-codes/{row.GetProperty("id")}/deny", Why)).Status);
    }

    [Fact]
    public async Task Many_requests_come_in_pages()
    {
        for (var i = 0; i < 52; i++)
        {
            using var machine = new RelyingParty(Running.CreateHandler($"198.51.100.{i + 1}"), Running.Issuer);
            (await machine.AskForDeviceAsync(Ct)).Succeeded();
        }

        var token = await ServiceTokenAsync();
        var first = (await GetAsync(token, "/device-codes")).Succeeded();
        var second = (await GetAsync(token, $"/device-codes?cursor={first.GetProperty("next").GetString()}")).Succeeded();

        Assert.Equal((50, 2), (first.GetProperty("items").GetArrayLength(), second.GetProperty("items").GetArrayLength()));
        Assert.Equal(52, first.GetProperty("items").EnumerateArray().Concat(second.GetProperty("items").EnumerateArray())
            .Select(row => row.GetProperty("id").GetString()).Distinct().Count());
        Assert.Equal(400, (await GetAsync(token, "/device-codes?cursor=non-sense")).Status);
    }

    [Fact]
    public async Task Whoever_may_only_look_denies_nothing_and_a_reason_is_needed()
    {
        using var machine = Running.CreateClient();
        await machine.AskForDeviceAsync(Ct);
        var watcher = await ServiceTokenAsync("watcher");
        var (_, auditor) = await PersonAsync("auditor", "auditors");
        var id = (await GetAsync(watcher, "/device-codes")).Succeeded().GetProperty("items")[0].GetProperty("id").GetString();

        Assert.Equal(403, (await PostAsync(watcher, $"/device-codes/{id}/deny", Why)).Status);
        Assert.Equal(200, (await GetAsync(auditor.AccessToken, "/device-codes")).Status);
        Assert.Equal(403, (await PostAsync(auditor.AccessToken, $"/device-codes/{id}/deny", Why)).Status);
        Assert.Equal(401, (await GetAsync(null, "/device-codes")).Status);
        Assert.Equal(400, (await PostAsync(await ServiceTokenAsync(), $"/device-codes/{id}/deny", new { reason = " " })).Status);
    }

    [Fact]
    public async Task Where_there_are_no_device_codes_it_says_so()
    {
        await using var without = await StartAsync(base.Configured);
        var token = (await ProveAsync("robot", Key.Prove("robot", TokenEndpoint, without.Clock.GetUtcNow()), without)).Succeeded()
            .AccessToken;

        var answer = await CallAsync(token, HttpMethod.Get, "/device-codes", at: without);

        Assert.Equal(404, answer.Status);
        Assert.Contains("clusters.NAME.deviceCode", answer.Text, StringComparison.Ordinal);
        Assert.Equal(404, (await CallAsync(token, HttpMethod.Post, "/device-codes/0123/deny", Why, without)).Status);
    }
}

public sealed class DeviceCodesApiOnSqlite(ClassIssuer shared) : DeviceCodesApiTests(shared, postgres: false);

public sealed class DeviceCodesApiOnPostgres(ClassIssuer shared) : DeviceCodesApiTests(shared, postgres: true);

using System.Net;
using KubeIdP.Data.Audit;
using KubeIdP.Data.DeviceCodes;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.DeviceCode;

/// <summary>From the request of a machine to its tokens (RFC 8628).</summary>
public abstract class DeviceFlowTests(RunningIssuer running) : DeviceCodeTests(running)
{
    [Fact]
    public async Task A_machine_gets_a_code_to_type_an_address_and_an_interval_and_no_complete_address()
    {
        var asked = (await Kubectl.AskForDeviceAsync(Ct)).Succeeded();

        Assert.Matches("^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$", asked.UserCode);
        Assert.Equal("https://idp.example.test/device", asked.Body.GetProperty("verification_uri").GetString());
        Assert.Equal(300, asked.Body.GetProperty("expires_in").GetInt32());
        Assert.Equal(5, asked.Body.GetProperty("interval").GetInt32());
        Assert.Equal(["device_code", "expires_in", "interval", "user_code", "verification_uri"],
            asked.Body.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_approved_machine_gets_tokens_of_a_session_of_its_own_that_refresh_like_all_others()
    {
        var (account, browser) = await SignInAsync("192.0.2.7", "platform");
        var asked = await AskFromAsync("198.51.100.3");
        Assert.Equal("authorization_pending", (await Kubectl.PollAsync(asked, Ct)).Error);

        await browser.ApproveAsync(asked, Ct);
        var tokens = (await Kubectl.PollAsync(asked, Ct)).Succeeded();
        var refreshed = (await Kubectl.RefreshAsync(tokens.RefreshToken!, Ct)).Succeeded();

        Assert.Equal(account.Username, tokens.Claims.GetProperty("preferred_username").GetString());
        Assert.Equal(["pwd", "otp", "mfa"], Strings(tokens.Claims.GetProperty("amr")));
        Assert.Equal("mfa", tokens.Claims.GetProperty("acr").GetString());
        Assert.False(tokens.Claims.TryGetProperty("nonce", out _));
        Assert.Equal(tokens.Claims.GetProperty("sid").GetString(), refreshed.Claims.GetProperty("sid").GetString());
        var approved = (await AuditAsync(AuditEventType.DeviceApproved)).Last();
        Assert.Equal(("192.0.2.7", "machine at 198.51.100.3", tokens.GrantId), (approved.Address, approved.Detail, approved.GrantId));
        var sessions = await browser.GoAsync("/account", Ct);
        Assert.True(sessions.Has("device code from 198.51.100.3"), sessions.Text);
    }

    [Fact]
    public async Task The_session_ends_after_eight_hours_whatever_is_left_of_the_browsers()
    {
        var (_, browser) = await SignInAsync();
        var asked = await Kubectl.AskForDeviceAsync(Ct);
        await browser.ApproveAsync(asked, Ct);
        var tokens = (await Kubectl.PollAsync(asked, Ct)).Succeeded();

        Clock.Advance(TimeSpan.FromHours(8) - TimeSpan.FromMinutes(1));
        var before = (await Kubectl.RefreshAsync(tokens.RefreshToken!, Ct)).Succeeded();
        Clock.Advance(TimeSpan.FromMinutes(2));
        var after = await Kubectl.RefreshAsync(before.RefreshToken!, Ct);

        Assert.Equal("invalid_grant", after.Error);
        Assert.Equal(HttpStatusCode.OK, (await browser.GoAsync("/account", Ct)).Status);
    }

    [Fact]
    public async Task A_denied_machine_is_told_so()
    {
        var (_, browser) = await SignInAsync("192.0.2.7");
        var asked = await AskFromAsync("198.51.100.3");

        var page = await browser.DenyAsync(asked, Ct);
        var answer = await Kubectl.PollAsync(asked, Ct);

        Assert.True(page.Has("Denied") && page.HasButton("End all other sessions"), page.Text);
        Assert.Equal((HttpStatusCode.BadRequest, "access_denied"), (answer.Status, answer.Error));
        Assert.StartsWith("The sign-in was denied in the browser.", answer.ErrorDescription, StringComparison.Ordinal);
        var denied = (await AuditAsync(AuditEventType.DeviceDenied)).Last();
        Assert.Equal(("192.0.2.7", "machine at 198.51.100.3"), (denied.Address, denied.Detail));
    }

    [Fact]
    public async Task Nobody_decides_twice()
    {
        var (_, browser) = await SignInAsync();
        var asked = await Kubectl.AskForDeviceAsync(Ct);
        var page = await browser.TypeCodeAsync(asked.UserCode, Ct);
        await page.PressAsync(DeviceCodes.No, Ct);

        var second = await page.PressAsync(DeviceCodes.Yes, Ct);

        Assert.True(second.Has("This request is over"), second.Text);
        Assert.Equal("access_denied", (await Kubectl.PollAsync(asked, Ct)).Error);
    }

    [Fact]
    public async Task After_five_minutes_a_code_has_expired_for_both_sides()
    {
        var (_, browser) = await SignInAsync();
        var asked = await Kubectl.AskForDeviceAsync(Ct);

        Clock.Advance(TimeSpan.FromSeconds(301));
        var answer = await Kubectl.PollAsync(asked, Ct);
        var page = await browser.TypeCodeAsync(asked.UserCode, Ct);

        Assert.Equal((HttpStatusCode.BadRequest, "expired_token"), (answer.Status, answer.Error));
        Assert.StartsWith("The code has expired before it was approved. Start again.", answer.ErrorDescription, StringComparison.Ordinal);
        Assert.True(page.Has("There is no request with this code."), page.Text);
    }

    [Fact]
    public async Task A_page_whose_code_expires_while_it_is_open_says_so_and_decides_nothing()
    {
        var (_, browser) = await SignInAsync();
        var asked = await Kubectl.AskForDeviceAsync(Ct);
        var page = await browser.TypeCodeAsync(asked.UserCode, Ct);

        Clock.Advance(TimeSpan.FromSeconds(301));
        var yes = await page.PressAsync(DeviceCodes.Yes, Ct);
        var no = await page.PressAsync(DeviceCodes.No, Ct);
        var again = await browser.GoAsync(page.Url, Ct);

        Assert.All([yes, no, again], over => Assert.True(
            over.Status == HttpStatusCode.NotFound && over.Has("This request is over") && over.Has("It has expired"), over.Text));
        Assert.Equal("expired_token", (await Kubectl.PollAsync(asked, Ct)).Error);
    }

    [Fact]
    public async Task A_code_that_was_approved_and_not_collected_in_time_gives_nothing()
    {
        var (_, browser) = await SignInAsync();
        var asked = await Kubectl.AskForDeviceAsync(Ct);
        await browser.ApproveAsync(asked, Ct);

        Clock.Advance(TimeSpan.FromSeconds(301));

        Assert.Equal("expired_token", (await Kubectl.PollAsync(asked, Ct)).Error);
    }

    [Fact]
    public async Task A_poll_that_comes_too_soon_slows_down_and_does_not_move_the_time()
    {
        var asked = await Kubectl.AskForDeviceAsync(Ct);

        Assert.Equal("authorization_pending", (await Kubectl.PollAsync(asked, Ct)).Error);
        Clock.Advance(TimeSpan.FromSeconds(3));
        var soon = await Kubectl.PollAsync(asked, Ct);
        Clock.Advance(TimeSpan.FromSeconds(1));
        var later = await Kubectl.PollAsync(asked, Ct);

        Assert.Equal((HttpStatusCode.BadRequest, "slow_down"), (soon.Status, soon.Error));
        Assert.Equal("authorization_pending", later.Error);
    }

    [Fact]
    public async Task An_honest_client_is_never_slowed_down()
    {
        var asked = await Kubectl.AskForDeviceAsync(Ct);
        for (var poll = 0; poll < 45; poll++)
        {
            Assert.Equal("authorization_pending", (await Kubectl.PollAsync(asked, Ct)).Error);
            Clock.Advance(TimeSpan.FromSeconds(5));
        }
    }

    [Fact]
    public async Task Another_clients_device_code_is_refused_and_not_burnt()
    {
        var (_, browser) = await SignInAsync();
        using var other = Issuer.CreateClient("prod");
        var asked = await Kubectl.AskForDeviceAsync(Ct);
        await browser.ApproveAsync(asked, Ct);

        var refused = await other.PollAsync(asked, Ct);
        var right = await Kubectl.PollAsync(asked, Ct);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (refused.Status, refused.Error));
        Assert.True(right.IsSuccess, right.Text);
    }

    [Fact]
    public async Task A_device_code_that_comes_twice_ends_what_the_first_got()
    {
        var (_, browser) = await SignInAsync();
        var asked = await Kubectl.AskForDeviceAsync(Ct);
        await browser.ApproveAsync(asked, Ct);
        var first = (await Kubectl.PollAsync(asked, Ct)).Succeeded();

        Clock.Advance(Interval);
        var second = await Kubectl.PollAsync(asked, Ct);
        var refreshed = await Kubectl.RefreshAsync(first.RefreshToken!, Ct);

        Assert.Equal(("invalid_grant", "invalid_grant"), (second.Error, refreshed.Error));
        Assert.Contains(await AuditAsync(AuditEventType.DeviceReplayed), replayed => replayed.GrantId == first.GrantId);
    }

    [Fact]
    public async Task Of_twenty_that_poll_at_once_after_the_approval_one_gets_tokens()
    {
        var (_, browser) = await SignInAsync();
        var asked = await Kubectl.AskForDeviceAsync(Ct);
        await browser.ApproveAsync(asked, Ct);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => Kubectl.PollAsync(asked, Ct), Ct)));

        Assert.Single(answers, answer => answer.IsSuccess);
        Assert.All(answers.Where(answer => !answer.IsSuccess), answer => Assert.Equal("invalid_grant", answer.Error));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("")]
    [InlineData(null)]
    public async Task What_is_no_device_code_gets_nothing(string? code)
    {
        var answer = await Kubectl.TokenAsync(Ct, ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", code));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(answer.Error, (string[])["invalid_grant", "invalid_request"]);
    }

    [Fact]
    public async Task A_device_code_is_no_other_token_and_no_other_token_is_a_device_code()
    {
        var asked = await Kubectl.AskForDeviceAsync(Ct);
        var tokens = (await LogInAsync()).Tokens;

        Assert.Equal("invalid_grant", (await Kubectl.RefreshAsync(asked.DeviceCode, Ct)).Error);
        Assert.Equal("invalid_grant", (await Kubectl.RedeemAsync(asked.DeviceCode, Ct)).Error);
        foreach (var token in (string[])[tokens.RefreshToken!, tokens.AccessToken, tokens.IdToken, asked.UserCode])
            Assert.Equal("invalid_grant", (await Kubectl.PollAsync(asked, Ct, ("device_code", token))).Error);
    }

    [Fact]
    public async Task One_statement_is_a_poll_and_none_is_one_with_what_is_no_device_code_of_this_server()
    {
        var asked = await Kubectl.AskForDeviceAsync(Ct);
        await Kubectl.PollAsync(asked, Ct);

        var polling = await Database.FewestStatementsOfAsync(1, () => Kubectl.PollAsync(asked, Ct), Ct);
        var inventing = await Database.FewestStatementsOfAsync(0,
            () => Kubectl.PollAsync(asked, Ct, ("device_code", asked.DeviceCode[..^8] + "AAAAAAAA")), Ct);

        Assert.Equal(1, polling.Values.Sum());
        Assert.Equal(0, inventing.Values.Sum());
    }

    [Fact]
    public async Task A_session_that_was_ended_between_approval_and_poll_gives_nothing()
    {
        var (_, browser) = await SignInAsync();
        var asked = await Kubectl.AskForDeviceAsync(Ct);
        await browser.ApproveAsync(asked, Ct);
        await (await browser.GoAsync("/account", Ct)).PressAsync("End all other sessions", Ct);

        Assert.Equal("invalid_grant", (await Kubectl.PollAsync(asked, Ct)).Error);
    }

    [Fact]
    public async Task What_happens_to_codes_is_counted()
    {
        using var measured = new Measured(Issuer);
        string[] outcomes = ["started", "slow_down", "approved", "redeemed", "denied"];
        var before = outcomes.ToDictionary(outcome => outcome, outcome => CountOf(measured, outcome));
        var (_, browser) = await SignInAsync();
        var approved = await Kubectl.AskForDeviceAsync(Ct);
        await Kubectl.PollAsync(approved, Ct);
        await Kubectl.PollAsync(approved, Ct);
        await browser.ApproveAsync(approved, Ct);
        await Kubectl.PollAsync(approved, Ct);
        await browser.DenyAsync(await Kubectl.AskForDeviceAsync(Ct), Ct);

        Assert.Equal([2, 1, 1, 1, 1], outcomes.Select(outcome => CountOf(measured, outcome) - before[outcome]));
    }

    [Fact]
    public async Task What_expired_and_what_an_administrator_denied_is_counted_when_it_is_deleted()
    {
        await Kubectl.AskForDeviceAsync(Ct);
        await Kubectl.AskForDeviceAsync(Ct);
        var devices = Issuer.Services.GetRequiredService<DeviceAdministration>();
        Assert.Equal(DeviceDenial.Denied,
            await devices.DenyAsync((await devices.ListAsync(null, Ct)).Rows[0].Id, Actor.CommandLine with { Reason = "a wave" }, Ct));
        using var measured = new Measured(Issuer);
        var (expired, denied) = (CountOf(measured, "expired"), CountOf(measured, "denied_by_administrator"));
        Clock.Advance(TimeSpan.FromMinutes(6));

        // The job of a server that starts runs at once; that of the one before may have done it.
        using var other = new Measured(await Running.StartAnotherAsync(Ct));
        while (CountOf(measured, "expired") + CountOf(other, "expired") == expired) await Task.Delay(TimeSpan.FromMilliseconds(50), Ct);

        Assert.Equal(1, CountOf(measured, "denied_by_administrator") + CountOf(other, "denied_by_administrator") - denied);
    }

    [Fact]
    public async Task A_restart_between_request_approval_and_poll_is_not_noticed()
    {
        var (_, browser) = await SignInAsync();
        var asked = await Kubectl.AskForDeviceAsync(Ct);
        Assert.Equal("authorization_pending", (await Kubectl.PollAsync(asked, Ct)).Error);
        await browser.ApproveAsync(asked, Ct);

        var restarted = await Running.StartAnotherAsync(Ct);
        using var client = restarted.CreateClient();

        (await client.PollAsync(asked, Ct)).Succeeded();
        Assert.Equal("invalid_grant", (await Kubectl.PollAsync(asked, Ct)).Error);
    }

    private static double CountOf(Measured measured, string outcome) => measured.Now("kubeidp.device_codes", ("outcome", outcome));
}

public sealed class DeviceFlowOnSqlite(DevicesOnSqlite running) : DeviceFlowTests(running), IClassFixture<DevicesOnSqlite>;

public sealed class DeviceFlowOnPostgres(DevicesOnPostgres running) : DeviceFlowTests(running), IClassFixture<DevicesOnPostgres>;

using System.Net;
using KubeIdP.Data.Audit;
using KubeIdP.Server.DeviceCode;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.DeviceCode;

/// <summary>The pages on which somebody decides, and what they let through.</summary>
public abstract class DevicePageTests(RunningIssuer running) : DeviceCodeTests(running)
{
    [Fact]
    public async Task Nobody_types_a_code_without_having_signed_in()
    {
        var asked = await Kubectl.AskForDeviceAsync(Ct);
        using var browser = Issuer.CreateBrowser();

        Assert.True((await browser.GoAsync("/device", Ct)).HasField("Password"));
        Assert.True((await browser.GoAsync($"/device?user_code={asked.UserCode}", Ct)).HasField("Password"));
    }

    [Fact]
    public async Task Whoever_has_signed_in_more_than_a_quarter_of_an_hour_ago_proves_a_factor_before_a_code_is_looked_up()
    {
        var (account, browser) = await SignInAsync();
        var open = await browser.GoAsync("/device", Ct);
        Clock.Advance(TimeSpan.FromMinutes(15) + TimeSpan.FromSeconds(1));
        var asked = await Kubectl.AskForDeviceAsync(Ct);

        var page = await open.Fill("Code", asked.UserCode).PressAsync("Continue", Ct);
        Assert.True(page.HasField("Authentication code"), page.Text);
        Assert.Null(await LookedUpByAsync());

        page = await account.VerifyAsync(page, Ct);
        await page.Fill("Code", asked.UserCode).PressAsync("Continue", Ct);
        Assert.NotNull(await LookedUpByAsync());
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("{0} ")]
    [InlineData("{1}")]
    [InlineData("{2}")]
    [InlineData("{3}")]
    public async Task A_code_may_be_typed_in_any_case_with_or_without_its_dash(string spelling)
    {
        var (_, browser) = await SignInAsync();
        var asked = await Kubectl.AskForDeviceAsync(Ct);
        var plain = asked.UserCode.Replace("-", "", StringComparison.Ordinal);
#pragma warning disable CA1308 // It is typed so.
        var typed = string.Format(null, spelling, asked.UserCode, plain, plain.ToLowerInvariant(), string.Join(' ', plain.Chunk(2)
            .Select(pair => new string(pair))));
#pragma warning restore CA1308

        var page = await browser.TypeCodeAsync(typed, Ct);

        Assert.True(page.HasButton(DeviceCodes.Yes), page.Text);
    }

    [Fact]
    public async Task The_page_says_who_wants_what_for_how_long_and_from_where()
    {
        var (account, browser) = await SignInAsync("192.0.2.7");
        var asked = await AskFromAsync("198.51.100.3");
        Clock.Advance(TimeSpan.FromMinutes(3));

        var page = await browser.TypeCodeAsync(asked.UserCode, Ct);

        foreach (var words in (string[])[account.Username, "kubernetes", "8 hours, until ", "3 minutes ago", "198.51.100.3", "192.0.2.7",
            "it is in another network", "in the last 5 minutes?", "Nobody from IT will ever send you a code."])
            Assert.True(page.Has(words), $"{words} is missing: {page.Text}");
        var buttons = page.Document.QuerySelectorAll("main form button").ToList();
        Assert.Equal([DeviceCodes.No, DeviceCodes.Yes], buttons.Select(button => button.TextContent.Trim()));
        Assert.True(buttons[0].HasAttribute("autofocus") && !buttons[1].HasAttribute("autofocus"));
        Assert.Contains("frame-ancestors 'none'", $"{page.Response.Headers.GetValues("Content-Security-Policy").Single()}",
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Machine_and_browser_at_one_address_are_not_reported_as_apart()
    {
        var (_, browser) = await SignInAsync("192.0.2.7");
        var asked = await AskFromAsync("192.0.2.7");

        Assert.False((await browser.TypeCodeAsync(asked.UserCode, Ct)).Has("another network"));
    }

    [Fact]
    public async Task A_link_with_a_code_shows_it_and_asks_and_does_nothing_before_that()
    {
        var (_, browser) = await SignInAsync();
        var asked = await Kubectl.AskForDeviceAsync(Ct);

        var page = await browser.GoAsync($"/device?user_code={asked.UserCode}", Ct);

        Assert.True(page.Has("show exactly this code?") && page.Has(asked.UserCode), page.Text);
        Assert.False(page.HasField("Code") && page.Document.QuerySelector("input[name=Code][type=text]") is not null);
        Assert.Null(await LookedUpByAsync());
        Assert.True((await page.PressAsync("Continue", Ct)).HasButton(DeviceCodes.Yes));
    }

    [Fact]
    public async Task Nothing_of_a_link_that_is_no_code_gets_onto_the_page()
    {
        var (_, browser) = await SignInAsync();

        var page = await browser.GoAsync($"/device?user_code={Uri.EscapeDataString("<b>call 555-0100</b>")}", Ct);

        Assert.True(page.HasField("Code"), page.Text);
        Assert.DoesNotContain("555", page.Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Once_somebody_has_opened_a_code_nobody_else_finds_it()
    {
        var (_, victim) = await SignInAsync();
        var (_, other) = await SignInAsync();
        var asked = await Kubectl.AskForDeviceAsync(Ct);
        var opened = await victim.TypeCodeAsync(asked.UserCode, Ct);

        var again = await victim.TypeCodeAsync(asked.UserCode, Ct);
        var elsewhere = await other.TypeCodeAsync(asked.UserCode, Ct);
        var byAddress = await other.GoAsync(opened.Url, Ct);

        Assert.True(again.HasButton(DeviceCodes.Yes), again.Text);
        Assert.True(elsewhere.Has("There is no request with this code."), elsewhere.Text);
        Assert.Equal(HttpStatusCode.NotFound, byAddress.Status);
        Assert.Equal("authorization_pending", (await Kubectl.PollAsync(asked, Ct)).Error);
    }

    [Fact]
    public async Task After_five_wrong_codes_a_person_waits_in_a_new_session_too_and_a_right_one_resets_nothing()
    {
        var (account, browser) = await SignInAsync("192.0.2.50");
        var asked = await AskFromAsync("198.51.100.50");
        for (var wrong = 0; wrong < 4; wrong++) await browser.TypeCodeAsync("BBBB-BBBB", Ct);
        Assert.True((await browser.TypeCodeAsync(asked.UserCode, Ct)).HasButton(DeviceCodes.Yes));
        var fifth = await browser.TypeCodeAsync("BBBB-BBBB", Ct);

        using var elsewhere = Issuer.CreateBrowser("192.0.2.51");
        await account.SignInAsync(elsewhere, new Uri(Issuer.Issuer, "/account"), Ct);
        var sixth = await elsewhere.TypeCodeAsync(asked.UserCode, Ct);

        Assert.True(fifth.Has("There is no request with this code."), fifth.Text);
        Assert.Equal((HttpStatusCode.TooManyRequests, true), (sixth.Status, sixth.Has("Too many wrong codes")));
        Clock.Advance(TimeSpan.FromHours(1));
        await account.SignInAsync(elsewhere, new Uri(Issuer.Issuer, "/account"), Ct);
        var next = await elsewhere.GoAsync("/device", Ct);
        if (next.HasField("Authentication code")) next = await account.VerifyAsync(next, Ct);
        Assert.True((await next.Fill("Code", "BBBB-BBBB").PressAsync("Continue", Ct)).Has("There is no request"), "the hour is over");
    }

    [Fact]
    public async Task After_twenty_wrong_codes_a_network_waits()
    {
        const string office = "192.0.2.60";
        BrowserClient? browser = null;
        for (var wrong = 0; wrong < 20; wrong++)
        {
            if (wrong % 5 == 0) browser = (await SignInAsync(office)).Browser;
            Assert.Equal(HttpStatusCode.OK, (await browser!.TypeCodeAsync("BBBB-BBBB", Ct)).Status);
        }

        var next = await (await SignInAsync(office)).Browser.TypeCodeAsync("BBBB-BBBB", Ct);
        var elsewhere = await (await SignInAsync("192.0.2.61")).Browser.TypeCodeAsync("BBBB-BBBB", Ct);

        Assert.Equal(HttpStatusCode.TooManyRequests, next.Status);
        Assert.Equal(HttpStatusCode.OK, elsewhere.Status);
    }

    [Theory]
    [InlineData("-")]
    [InlineData("AEIOU-AEIOU")]
    [InlineData("1234-5678")]
    [InlineData("WDJB-MJH")]
    public async Task What_can_not_be_a_code_counts_as_no_guess(string typed)
    {
        var (_, browser) = await SignInAsync("192.0.2.70");
        for (var wrong = 0; wrong < 7; wrong++)
            Assert.Equal(HttpStatusCode.OK, (await browser.TypeCodeAsync(typed, Ct)).Status);
    }

    // LF12: what a sign-in in a browser is refused, this way is refused too, with the sentence that says which group is missing.
    [Theory]
    [InlineData("You may not use prod: it is only for members of local:platform.", "oncall")]
    [InlineData("You may not sign in to prod with a device code: it is only for members of local:oncall.", "platform")]
    public async Task Whoever_is_missing_a_group_can_say_no_alone(string sentence, string group)
    {
        using var prod = Issuer.CreateClient("prod");
        var (_, browser) = await SignInAsync(address: null, group);
        var asked = await prod.AskForDeviceAsync(Ct);

        var page = await browser.TypeCodeAsync(asked.UserCode, Ct);

        Assert.True(page.Has(sentence) && !page.HasButton(DeviceCodes.Yes), page.Text);
        await page.PressAsync(DeviceCodes.No, Ct);
        Assert.Equal("access_denied", (await prod.PollAsync(asked, Ct)).Error);
    }

    [Fact]
    public async Task Whoever_leaves_the_group_while_the_page_is_open_is_refused_and_the_machine_is_told()
    {
        using var prod = Issuer.CreateClient("prod");
        var (account, browser) = await SignInAsync(address: null, "platform", "oncall");
        var asked = await prod.AskForDeviceAsync(Ct);
        var page = await browser.TypeCodeAsync(asked.UserCode, Ct);
        await SetGroupsAsync(account, "platform");

        var answer = await page.PressAsync(DeviceCodes.Yes, Ct);

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.True(answer.Has("only for members of local:oncall"), answer.Text);
        Assert.Equal("access_denied", (await prod.PollAsync(asked, Ct)).Error);
        var subject = Subject(account);
        Assert.DoesNotContain(await AuditAsync(AuditEventType.DeviceDenied, "prod"), denied => denied.Actor == subject);
    }

    [Fact]
    public async Task Whoever_leaves_the_group_of_device_codes_gets_no_more_tokens_there_and_keeps_the_browsers()
    {
        using var prod = Issuer.CreateClient("prod");
        var (account, browser) = await SignInAsync(address: null, "platform", "oncall");
        var asked = await prod.AskForDeviceAsync(Ct);
        await browser.ApproveAsync(asked, Ct);
        var device = (await prod.PollAsync(asked, Ct)).Succeeded();
        var ordinary = await prod.LogInAsync(browser, account, Ct);
        await SetGroupsAsync(account, "platform");

        var refused = await prod.RefreshAsync(device.RefreshToken!, Ct);
        var kept = await prod.RefreshAsync(ordinary.RefreshToken!, Ct);
        await SetGroupsAsync(account, "platform", "oncall");
        var again = await prod.RefreshAsync(device.RefreshToken!, Ct);

        Assert.Equal("invalid_grant", refused.Error);
        Assert.StartsWith("You may not sign in to prod with a device code: it is only for members of local:oncall.",
            refused.ErrorDescription, StringComparison.Ordinal);
        Assert.True(kept.IsSuccess, kept.Text);
        Assert.True(again.IsSuccess, again.Text);
    }

    [Fact]
    public async Task Whoever_is_disabled_between_approval_and_poll_gets_nothing()
    {
        var (account, browser) = await SignInAsync();
        var asked = await Kubectl.AskForDeviceAsync(Ct);
        await browser.ApproveAsync(asked, Ct);
        await ExecuteAsync("UPDATE people SET disabled_at = @now_ WHERE user_name = @name",
            ("now_", Clock.GetUtcNow().ToUnixTimeMilliseconds()), ("name", account.Username));

        var answer = await Kubectl.PollAsync(asked, Ct);

        Assert.Equal("invalid_grant", answer.Error);
        Assert.StartsWith("The account is disabled.", answer.ErrorDescription, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Three_denials_within_an_hour_are_reported_to_administrators_once()
    {
        Clock.Advance(TimeSpan.FromHours(2));
        Issuer.Log.Clear();
        for (var denial = 0; denial < 4; denial++)
        {
            var (_, browser) = await SignInAsync();
            await browser.DenyAsync(await AskFromAsync($"198.51.100.{denial + 80}"), Ct);
            Assert.Equal(denial >= 2 ? 1 : 0,
                Issuer.Log.Lines.Count(line => line.Contains("device codes were denied within an hour", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task Neither_code_is_ever_logged_or_stored()
    {
        var (_, browser) = await SignInAsync();
        var asked = await Kubectl.AskForDeviceAsync(Ct);
        await Kubectl.PollAsync(asked, Ct);
        await browser.ApproveAsync(asked, Ct);
        await Kubectl.PollAsync(asked, Ct);

        foreach (var secret in (string[])[asked.DeviceCode, asked.UserCode, asked.UserCode.Replace("-", "", StringComparison.Ordinal)])
            Assert.DoesNotContain(Issuer.Log.Lines, line => line.Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public void Codes_have_only_the_letters_that_they_are_said_to_have()
    {
        for (var i = 0; i < 1_000; i++)
        {
            var code = UserCode.Create();
            Assert.Equal(code, UserCode.Parse(UserCode.Show(code)));
        }
    }

    private string Subject(Account account) => ScalarAsync("SELECT id FROM people WHERE user_name = @name", ("name", account.Username))
        .GetAwaiter().GetResult()!;

    private Task<string?> LookedUpByAsync() =>
        ScalarAsync("SELECT looked_up_by FROM device_requests ORDER BY created_at DESC, id DESC LIMIT 1");

    private async Task<string?> ScalarAsync(string sql, params (string Name, object? Value)[] parameters)
    {
        await using var connection = await Database.Database.OpenAsync(Ct);
        await using var command = Database.Database.Command(connection, sql, parameters);
        return await command.ExecuteScalarAsync(Ct) as string;
    }

    private Task<int> SetGroupsAsync(Account account, params string[] groups) =>
        ExecuteAsync("UPDATE people SET groups = @groups WHERE user_name = @name",
            ("groups", System.Text.Json.JsonSerializer.Serialize(groups)), ("name", account.Username));
}

public sealed class DevicePagesOnSqlite(DevicesOnSqlite running) : DevicePageTests(running), IClassFixture<DevicesOnSqlite>;

public sealed class DevicePagesOnPostgres(DevicesOnPostgres running) : DevicePageTests(running), IClassFixture<DevicesOnPostgres>;

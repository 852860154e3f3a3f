using KubeIdP.Server.Tests.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Authorize;

/// <summary>Whether and how a person is asked again (OpenID Connect Core §3.1.2.1).</summary>
public sealed class PromptTests(IssuerOnSqlite running) : ProtocolTests(running), IClassFixture<IssuerOnSqlite>
{
    [Fact]
    public async Task Without_a_session_a_silent_request_is_refused()
    {
        using var browser = Issuer.CreateBrowser();

        var page = await browser.GoAsync(Web.AuthorizeUrl(("prompt", "none")), Ct);

        Assert.Equal("login_required", page.RedirectParameters["error"]);
    }

    [Fact]
    public async Task With_a_session_a_silent_request_of_a_web_client_gets_a_code()
    {
        var login = await LogInAsync(Web);

        var page = await login.Browser.GoAsync(Web.AuthorizeUrl(("prompt", "none")), Ct);
        var tokens = await Web.RedeemAsync(page.RedirectParameters["code"], Ct);

        Assert.Equal(Subject(login.Tokens), Subject(tokens));
    }

    [Fact]
    public async Task With_a_session_a_silent_request_of_a_public_client_is_refused()
    {
        var login = await LogInAsync();

        login.Browser.StopAt = null;
        var page = await login.Browser.GoAsync(Kubectl.AuthorizeUrl(("prompt", "none")), Ct);

        Assert.Equal("interaction_required", page.RedirectParameters["error"]);
    }

    [Fact]
    public async Task A_public_client_gets_a_code_in_a_session_after_a_click()
    {
        var login = await LogInAsync();
        using var browser = login.Browser;

        var page = await browser.GoAsync(Kubectl.AuthorizeUrl(), Ct);
        Assert.True(page.Has(login.Account.Username) && page.Has("kubernetes"));
        page = await page.PressAsync("Continue", Ct);
        var tokens = await Kubectl.RedeemAsync(page.RedirectParameters["code"], Ct);

        Assert.Equal(login.Tokens.Claims.GetProperty("sid").GetString(), tokens.Claims.GetProperty("sid").GetString());
        Assert.Equal(AuthTime(login.Tokens), AuthTime(tokens));
    }

    [Fact]
    public async Task Another_account_begins_with_its_password()
    {
        var login = await LogInAsync();
        var other = await AddAccountAsync();

        var page = await login.Browser.GoAsync(Kubectl.AuthorizeUrl(), Ct);
        page = await page.PressAsync("Use another account", Ct);
        Assert.True(page.HasField("Password"));
        page = await page.Fill("Username", other.Username).Fill("Password", other.Password).PressAsync("Sign in", Ct);

        Assert.True(page.HasField("Enrolment code"));
    }

    [Theory]
    [InlineData("login")]
    [InlineData("select_account")]
    public async Task On_demand_the_password_is_asked_again(string prompt)
    {
        var login = await LogInAsync(Web);
        Clock.Advance(TimeSpan.FromMinutes(1));

        var page = await login.Browser.GoAsync(Web.AuthorizeUrl(("prompt", prompt)), Ct);
        Assert.True(page.HasField("Password"));
        var again = await Web.LogInAsync(login.Browser, login.Account, Ct, ("prompt", prompt));

        Assert.True(AuthTime(again) >= AuthTime(login.Tokens) + 60);
        Assert.NotEqual(login.Tokens.Claims.GetProperty("sid").GetString(), again.Claims.GetProperty("sid").GetString());
    }

    [Fact]
    public async Task A_login_too_long_ago_is_repeated()
    {
        var login = await LogInAsync(Web);
        Clock.Advance(TimeSpan.FromMinutes(1));

        var page = await login.Browser.GoAsync(Web.AuthorizeUrl(("max_age", "1")), Ct);
        Assert.True(page.HasField("Authentication code") && !page.HasField("Password"), page.ToString());
        var again = await Web.LogInAsync(login.Browser, login.Account, Ct, ("max_age", "1"));

        Assert.True(AuthTime(again) > AuthTime(login.Tokens));
        Assert.Equal(login.Tokens.Claims.GetProperty("sid").GetString(), again.Claims.GetProperty("sid").GetString());
    }

    [Fact]
    public async Task A_login_young_enough_is_used()
    {
        var login = await LogInAsync(Web);
        Clock.Advance(TimeSpan.FromMinutes(1));

        var again = await Web.LogInAsync(login.Browser, login.Account, Ct, ("max_age", "10000"));

        Assert.Equal(AuthTime(login.Tokens), AuthTime(again));
    }

    [Fact]
    public async Task A_hint_at_another_person_asks_for_that_person()
    {
        var login = await LogInAsync(Web);
        var other = await LogInAsync(Web);

        var hinted = ("id_token_hint", other.Tokens.IdToken);
        var silent = await login.Browser.GoAsync(Web.AuthorizeUrl(("prompt", "none"), hinted), Ct);
        var own = await login.Browser.GoAsync(Web.AuthorizeUrl(("prompt", "none"), ("id_token_hint", login.Tokens.IdToken)), Ct);

        Assert.Equal("login_required", silent.RedirectParameters["error"]);
        Assert.True(own.RedirectParameters.ContainsKey("code"));
    }

    [Fact]
    public async Task A_hint_that_was_changed_is_refused_and_one_that_has_expired_is_not()
    {
        var login = await LogInAsync(Web, ("scope", "openid offline_access"));
        var parts = login.Tokens.IdToken.Split('.');
        string[] wrong =
        [
            $"{parts[0]}.{parts[1]}.", $"{parts[0]}.{parts[1]}x.{parts[2]}", $"{parts[0]}.{parts[1]}.{parts[2][..^4]}AAAA",
            $"eyJhbGciOiJub25lIn0.{parts[1]}.",
            login.Tokens.AccessToken, login.Tokens.RefreshToken!,
        ];

        foreach (var prompt in (string?[])[null, "none"])
        {
            foreach (var hint in wrong)
            {
                var page = await login.Browser.GoAsync(Web.AuthorizeUrl(("prompt", prompt), ("id_token_hint", hint)), Ct);
                Assert.Equal("invalid_request", page.RedirectParameters["error"]);
                Assert.False(page.RedirectParameters.ContainsKey("code"));
            }
        }

        Clock.Advance(TimeSpan.FromHours(3));
        var old = await login.Browser.GoAsync(Web.AuthorizeUrl(("prompt", "none"), ("id_token_hint", login.Tokens.IdToken)), Ct);

        Assert.True(old.RedirectParameters.ContainsKey("code"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("mfa")]
    [InlineData("something-else")]
    public async Task A_token_says_how_the_person_really_signed_in(string? wanted)
    {
        var login = await LogInAsync(("acr_values", wanted));

        Assert.Equal("mfa", login.Tokens.Claims.GetProperty("acr").GetString());
        Assert.Equal(["pwd", "otp", "mfa"], Strings(login.Tokens.Claims.GetProperty("amr")));
        Assert.InRange(Clock.GetUtcNow().ToUnixTimeSeconds() - AuthTime(login.Tokens), 0, 60);
    }

    [Theory]
    [InlineData("mfa")]
    [InlineData("something-else")]
    [InlineData("something-else mfa")]
    public async Task A_session_that_went_by_what_is_asked_for_is_used(string wanted)
    {
        var login = await LogInAsync(Web);

        var page = await login.Browser.GoAsync(Web.AuthorizeUrl(("acr_values", wanted)), Ct);

        Assert.True(page.RedirectParameters.ContainsKey("code"), page.ToString());
    }

    // None is opened like this. If one ever is, it must not open anything by itself.
    [Theory]
    [InlineData(null)]
    [InlineData("mfa")]
    public async Task A_session_without_a_second_factor_is_raised_by_one(string? wanted)
    {
        var login = await LogInAsync(Web);
        await ExecuteAsync("UPDATE sessions SET amr = 'pwd' WHERE id = @id", ("id", login.Tokens.Claims.GetProperty("sid").GetString()));

        var silent = await login.Browser.GoAsync(Web.AuthorizeUrl(("acr_values", wanted), ("prompt", "none")), Ct);
        var page = await login.Browser.GoAsync(Web.AuthorizeUrl(("acr_values", wanted)), Ct);

        Assert.Equal("login_required", silent.RedirectParameters["error"]);
        Assert.True(page.HasField("Authentication code") && !page.HasField("Password"), page.ToString());
        var raised = await Web.LogInAsync(login.Browser, login.Account, Ct, ("acr_values", wanted));
        Assert.Equal(["pwd", "otp", "mfa"], Strings(raised.Claims.GetProperty("amr")));
        Assert.Equal(login.Tokens.Claims.GetProperty("sid").GetString(), raised.Claims.GetProperty("sid").GetString());
    }

    [Fact]
    public async Task The_name_that_a_client_hints_at_stands_in_the_form()
    {
        using var browser = Issuer.CreateBrowser();

        var page = await browser.GoAsync(Kubectl.AuthorizeUrl(("login_hint", "<b>alice</b>")), Ct);

        Assert.Equal("<b>alice</b>", page.ValueOf("Username"));
    }

    private static long AuthTime(Testing.Protocol.TokenAnswer tokens) => tokens.Claims.GetProperty("auth_time").GetInt64();
}

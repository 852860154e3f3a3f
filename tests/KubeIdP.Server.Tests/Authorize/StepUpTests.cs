using KubeIdP.Data.Audit;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Protocol;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Server.Tests.Authorize;

/// <summary>A session that is too old or too weak for a request is raised by a second factor (decisions/0028).</summary>
public sealed class StepUpTests(IssuerOnSqlite running) : ProtocolTests(running), IClassFixture<IssuerOnSqlite>
{
    private static readonly (string, string?) Now = ("max_age", "1");

    [Fact]
    public async Task The_page_names_person_and_client_and_asks_for_the_factor_alone()
    {
        var login = await LogInAsync(Web);

        var page = await AskAsync(login);

        Assert.True(page.HasField("Authentication code") && !page.HasField("Password"), page.ToString());
        Assert.True(page.Has($"You are signed in as {login.Account.Username}. Confirm that it is you, to continue to web."), page.Text);
    }

    [Fact]
    public async Task The_session_and_its_grants_stay_and_say_what_was_proven_last()
    {
        var login = await LogInAsync(Web, ("scope", "openid offline_access"));

        var raised = await Web.RedeemAsync((await login.Account.VerifyAsync(await AskAsync(login), Ct)).RedirectParameters["code"], Ct);
        var refreshed = (await Web.RefreshAsync(login.Tokens.RefreshToken!, Ct)).Succeeded();

        Assert.Equal(Sid(login.Tokens), Sid(raised));
        Assert.True(AuthTime(raised) > AuthTime(login.Tokens));
        Assert.Equal((Sid(raised), AuthTime(raised)), (Sid(refreshed), AuthTime(refreshed)));
        var session = Assert.Single(await SessionsOfAsync(login));
        Assert.Equal(1, session.CookieGeneration);
        Assert.Equal("pwd otp mfa", Assert.Single(await AuditAsync(login, AuditEventType.SessionRaised)).Detail);
    }

    [Fact]
    public async Task A_copy_of_the_cookie_from_before_is_no_longer_accepted()
    {
        var login = await LogInAsync(Web);
        using var thief = Issuer.CreateBrowser();
        thief.Cookies.TakeFrom(login.Browser.Cookies.Copy());
        Assert.True((await thief.GoAsync("/account", Ct)).Has("Your account"));

        await login.Account.VerifyAsync(await AskAsync(login), Ct);

        Assert.True((await thief.GoAsync("/account", Ct)).HasField("Password"));
        Assert.True((await login.Browser.GoAsync("/account", Ct)).Has("Your account"));
    }

    [Fact]
    public async Task Whoever_does_not_prove_it_gets_no_code_and_keeps_the_session_as_it_was()
    {
        var login = await LogInAsync(Web);

        await AskAsync(login);
        var again = await login.Browser.GoAsync(Web.AuthorizeUrl(Now), Ct);
        var page = await login.Browser.GoAsync(Web.AuthorizeUrl(), Ct);
        var tokens = await Web.RedeemAsync(page.RedirectParameters["code"], Ct);

        Assert.True(again.HasField("Authentication code"), again.ToString());
        Assert.Equal(AuthTime(login.Tokens), AuthTime(tokens));
    }

    [Fact]
    public async Task After_five_wrong_codes_the_password_is_asked_for_too()
    {
        var login = await LogInAsync(Web);
        var page = await AskAsync(login);

        for (var wrong = 0; wrong < 5; wrong++)
        {
            Assert.True(page.HasField("Authentication code"), page.ToString());
            page = await page.Fill("Authentication code", "000000").PressAsync("Verify", Ct);
        }

        Assert.True(page.HasField("Password"), page.ToString());
        Assert.True((await login.Browser.GoAsync(Web.AuthorizeUrl(Now), Ct)).HasField("Password"));
        var again = await Web.LogInAsync(login.Browser, login.Account, Ct, Now);
        Assert.NotEqual(Sid(login.Tokens), Sid(again));
    }

    [Fact]
    public async Task A_session_that_is_ended_meanwhile_is_not_raised()
    {
        var login = await LogInAsync(Web);
        var page = await AskAsync(login);
        await ExecuteAsync("UPDATE sessions SET ended_at = auth_time, ended_by = 'admin', ended_why = 'test' WHERE id = @id",
            ("id", Sid(login.Tokens)));

        var answer = await login.Account.VerifyAsync(page, Ct);

        Assert.True(answer.HasField("Password"), answer.ToString());
        Assert.Empty(await AuditAsync(login, AuditEventType.SessionRaised));
    }

    [Fact]
    public async Task A_second_click_leads_to_the_session_that_the_first_has_raised()
    {
        var login = await LogInAsync(Web);
        var form = (await AskAsync(login)).Fill("Authentication code", await login.Account.NextCodeAsync(Ct));
        var before = login.Browser.Cookies.Copy();

        var first = await form.PressAsync("Verify", Ct);
        login.Browser.Cookies.TakeFrom(before);
        var second = await form.PressAsync("Verify", Ct);

        Assert.Equal(Sid(login.Tokens), Sid(await Web.RedeemAsync(first.RedirectParameters["code"], Ct)));
        Assert.Equal(Sid(login.Tokens), Sid(await Web.RedeemAsync(second.RedirectParameters["code"], Ct)));
        Assert.Single(await AuditAsync(login, AuditEventType.SessionRaised));
        Assert.True((await login.Browser.GoAsync("/account", Ct)).Has("Your account"));
    }

    [Fact]
    public async Task A_recovery_code_raises_it_too()
    {
        var login = await LogInAsync(Web);

        var page = await (await AskAsync(login)).FollowAsync("Lost your second factor? Use a recovery code", Ct);
        Assert.True(page.Has("Confirm that it is you"), page.Text);
        page = await page.Fill("Recovery code", login.Account.RecoveryCodes[0]).PressAsync("Verify", Ct);

        Assert.Equal(Sid(login.Tokens), Sid(await Web.RedeemAsync(page.RedirectParameters["code"], Ct)));
    }

    [Fact]
    public async Task Another_person_can_sign_in_instead()
    {
        var login = await LogInAsync(Web);
        var other = await LogInAsync(Web);

        var page = await (await AskAsync(login)).FollowAsync("Sign in anew, or as another person", Ct);
        page = await page.Fill("Username", other.Account.Username).Fill("Password", other.Account.Password).PressAsync("Sign in", Ct);
        page = await other.Account.VerifyAsync(page, Ct);

        var tokens = await Web.RedeemAsync(page.RedirectParameters["code"], Ct);
        Assert.Equal(Subject(other.Tokens), Subject(tokens));
        Assert.NotEqual(Sid(other.Tokens), Sid(tokens));
    }

    [Fact]
    public async Task A_person_whose_factors_were_reset_is_not_asked_for_an_enrolment_code_by_the_session_alone()
    {
        var login = await LogInAsync(Web);
        await ExecuteAsync("DELETE FROM factors WHERE person_id = @id", ("id", Subject(login.Tokens)));

        var page = await AskAsync(login);

        Assert.True(page.HasField("Password"), page.ToString());
    }

    [Fact]
    public async Task Kubectl_goes_on_without_another_question()
    {
        var login = await LogInAsync();
        Clock.Advance(TimeSpan.FromMinutes(1));

        var page = await login.Browser.GoAsync(Kubectl.AuthorizeUrl(Now), Ct);
        Assert.True(page.Has("to continue to kubernetes"), page.Text);
        page = await login.Account.VerifyAsync(page, Ct);

        Assert.Equal(Sid(login.Tokens), Sid(await Kubectl.RedeemAsync(page.RedirectParameters["code"], Ct)));
    }

    [Fact]
    public async Task A_page_that_needs_a_recent_proof_is_reached_by_the_factor_alone()
    {
        var login = await LogInAsync(Web);
        Clock.Advance(TimeSpan.FromMinutes(16));

        var page = await login.Browser.GoAsync("/account/recovery-codes", Ct);
        Assert.True(page.Has($"You are signed in as {login.Account.Username}. Confirm that it is you."), page.Text);
        page = await login.Account.VerifyAsync(page, Ct);

        Assert.Equal("/account/recovery-codes", page.Url.AbsolutePath);
        Assert.Single(await SessionsOfAsync(login));
    }

    /// <summary>The page of a request for which the session, a minute old, is too old.</summary>
    private async Task<Page> AskAsync(SignedIn login)
    {
        Clock.Advance(TimeSpan.FromMinutes(1));
        login.Browser.StopAt = Web.IsOurs;
        return await login.Browser.GoAsync(Web.AuthorizeUrl(Now), Ct);
    }

    private async Task<List<Data.Sessions.Session>> SessionsOfAsync(SignedIn login)
    {
        await using var context = Database.CreateContext();
        return await context.Sessions.Where(session => session.PersonId == Subject(login.Tokens)).ToListAsync(Ct);
    }

    private async Task<List<AuditEvent>> AuditAsync(SignedIn login, string type)
    {
        await using var context = Database.CreateContext();
        return await context.AuditEvents.Where(row => row.PersonId == Subject(login.Tokens) && row.Type == type).ToListAsync(Ct);
    }

    private static string Sid(TokenAnswer tokens) => tokens.Claims.GetProperty("sid").GetString()!;

    private static long AuthTime(TokenAnswer tokens) => tokens.Claims.GetProperty("auth_time").GetInt64();
}

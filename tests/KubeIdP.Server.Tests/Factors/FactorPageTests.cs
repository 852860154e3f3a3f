using KubeIdP.Server.Enrolment;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Factors;

public abstract class FactorPageTests(RunningIssuer running) : ProtocolTests(running)
{
    [Fact]
    public async Task A_code_of_another_time_is_refused_and_one_of_an_adjacent_step_is_accepted()
    {
        var account = await EnrolledAsync();
        var step = NextStep(account);
        var page = await ProvePasswordAsync(account);

        foreach (var far in new[] { step - 2, step + 2 })
        {
            page = await EnterAsync(page, account.CodeOf(far));
            Assert.True(page.Has("This code was not accepted"));
        }

        Assert.NotNull((await EnterAsync(page, account.CodeOf(step + 1))).Redirect);
    }

    [Fact]
    public async Task After_a_step_was_used_neither_it_nor_an_earlier_one_is_taken()
    {
        var account = await EnrolledAsync();
        var step = NextStep(account);

        Assert.NotNull((await EnterAsync(await ProvePasswordAsync(account), account.CodeOf(step))).Redirect);
        var page = await ProvePasswordAsync(account);
        foreach (var used in new[] { step, step - 1 })
        {
            page = await EnterAsync(page, account.CodeOf(used));
            Assert.True(page.Has("This code was not accepted"));
        }

        Assert.NotNull((await EnterAsync(page, account.CodeOf(step + 1))).Redirect);
    }

    [Fact]
    public async Task Five_wrong_codes_send_back_to_the_password_and_are_not_forgotten()
    {
        var account = await EnrolledAsync();
        var page = await ProvePasswordAsync(account);

        for (var i = 0; i < 4; i++)
        {
            page = await EnterAsync(page, "000000");
            Assert.True(page.HasField("Authentication code"));
        }

        var fifth = await EnterAsync(page, "000000");
        var replayed = await EnterAsync(page, account.CodeOf(NextStep(account)));

        Assert.True(fifth.HasField("Password"));
        Assert.Null(replayed.Redirect);
        Assert.Equal(1,
            await ExecuteAsync("UPDATE people SET factor_failures = factor_failures WHERE user_name = @name AND factor_failures = 5",
                ("name", account.Username)));
    }

    [Fact]
    public async Task A_password_alone_shows_no_setup_key()
    {
        var account = await AddAccountAsync();
        var page = await ProvePasswordAsync(account);

        var wrong = await page.Fill("Enrolment code", "AAAAA-AAAAA-AAAAA-AAAAA").PressAsync("Continue", Ct);

        Assert.True(page.HasField("Enrolment code") && wrong.HasField("Enrolment code"));
        Assert.False(page.Has("Setup key") || wrong.Has("Setup key"));
    }

    [Fact]
    public async Task A_code_that_has_expired_shows_no_setup_key()
    {
        var account = await AddAccountAsync();
        Clock.Advance(EnrolmentCode.Lifetime);

        var page = await (await ProvePasswordAsync(account)).Fill("Enrolment code", account.EnrolmentCode).PressAsync("Continue", Ct);

        Assert.True(page.HasField("Enrolment code"));
        Assert.False(page.Has("Setup key"));
    }

    [Fact]
    public async Task Who_has_an_app_cannot_set_up_another_with_the_password()
    {
        var account = await EnrolledAsync();
        using var browser = Issuer.CreateBrowser();
        var page = await ProvePasswordAsync(account, browser);

        var enrol = await browser.GoAsync(page.Url.AbsoluteUri.Replace("/factor", "/enrol", StringComparison.Ordinal), Ct);

        Assert.True(enrol.HasField("Authentication code"));
        Assert.False(enrol.Has("Setup key"));
    }

    [Theory]
    [InlineData("factor")]
    [InlineData("enrol")]
    [InlineData("continue")]
    public async Task No_page_can_be_reached_before_its_turn(string path)
    {
        using var browser = Issuer.CreateBrowser();
        var page = await browser.GoAsync(Kubectl.AuthorizeUrl(), Ct);

        var early = await browser.GoAsync(page.Url.AbsoluteUri.Replace("/login", $"/{path}", StringComparison.Ordinal), Ct);

        Assert.True(early.HasField("Password"), early.ToString());
    }

    private async Task<Account> EnrolledAsync()
    {
        var account = await AddAccountAsync();
        using var browser = Issuer.CreateBrowser();
        await Kubectl.SignInAsync(browser, account, Ct);
        return account;
    }

    /// <summary>Turns the clock to the beginning of a step that is not used yet, so that the test ends within it.</summary>
    private long NextStep(Account account)
    {
        var now = Clock.GetUtcNow().ToUnixTimeMilliseconds();
        Clock.Advance(TimeSpan.FromMilliseconds(90_000 + 30_000 - now % 30_000));
        return account.StepNow;
    }

    private async Task<Page> ProvePasswordAsync(Account account, BrowserClient? browser = null)
    {
        var page = await (browser ?? Issuer.CreateBrowser()).GoAsync(Kubectl.AuthorizeUrl(), Ct);
        return await page.Fill("Username", account.Username).Fill("Password", account.Password).PressAsync("Sign in", Ct);
    }

    private static Task<Page> EnterAsync(Page page, string code) => page.Fill("Authentication code", code).PressAsync("Verify", Ct);
}

public sealed class FactorPageOnSqlite(IssuerOnSqlite running) : FactorPageTests(running), IClassFixture<IssuerOnSqlite>;

public sealed class FactorPageOnPostgres(IssuerOnPostgres running) : FactorPageTests(running), IClassFixture<IssuerOnPostgres>;

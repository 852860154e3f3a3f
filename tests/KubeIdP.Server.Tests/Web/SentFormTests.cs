using System.Net;
using KubeIdP.Data.Forms;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Protocol;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Server.Tests.Web;

/// <summary>
/// What is stored of a form that was sent: for the second click at another replica, for the browser that has sent it, and for nobody else.
/// </summary>
public abstract class SentFormTests(RunningIssuer running) : ProtocolTests(running)
{
    /// <summary>What a statement whose table is gone is answered with: on PostgreSQL it is an outage (decision 0017).</summary>
    protected abstract HttpStatusCode MissingTable { get; }

    [Fact]
    public async Task Two_clicks_at_two_replicas_set_up_one_authenticator_and_show_the_same_codes()
    {
        var other = await Running.StartAnotherAsync(Ct);
        var (account, page, browser) = await AtNewAuthenticatorAsync();
        HttpRequestMessage[] clicks = [await page.FormAsync("Verify", Ct), await page.FormAsync("Verify", Ct)];
        foreach (var click in clicks) browser.Cookies.Attach(click);

        var answers = await Task.WhenAll(SendToAsync(Issuer, clicks[0]), SendToAsync(other, clicks[1]));
        var shown = await FollowAsync(browser, answers[1]);
        account.KeepRecoveryCodes(shown);
        var account2 = await shown.FollowAsync("Continue", Ct);
        using var recovering = other.CreateBrowser();
        var recovered = await account.RecoverAsync(recovering, account.RecoveryCodes[3], Ct);

        Assert.Equal(answers[0].Headers.Location, answers[1].Headers.Location);
        Assert.Equal("/account", account2.Url.AbsolutePath);
        Assert.True(recovered.Has("You have 9 recovery codes left"), recovered.ToString());
    }

    // The click comes when the browser is on its way from the last form: the server has opened the session, and nobody has its cookie.
    [Fact]
    public async Task A_browser_that_missed_the_end_of_its_login_gets_there_by_the_second_click()
    {
        var other = await Running.StartAnotherAsync(Ct);
        var account = await AddAccountAsync();
        await Kubectl.SignInAsync(Issuer.CreateBrowser(), account, Ct);
        Clock.Advance(TimeSpan.FromMinutes(2));
        var browser = Issuer.CreateBrowser();
        var page = await TypePasswordAsync(await browser.GoAsync(Kubectl.AuthorizeUrl(), Ct), account);
        var form = await page.Fill("Authentication code", await account.NextCodeAsync(Ct)).FormAsync("Verify", Ct);
        browser.Cookies.Attach(form);
        var proven = await SendToAsync(Issuer, form);
        browser.Cookies.TakeFrom(browser.Home, proven.Headers);

        var codes = new List<string>();
        foreach (var replica in (InMemoryIssuer[])[Issuer, other])
        {
            var arrived = await SendToAsync(replica, OnwardFrom(proven));
            codes.Add(
                Assert.Single(arrived.Headers.Location!.OriginalString.Split('?', '&'),
                    part => part.StartsWith("code=", StringComparison.Ordinal))[5..]);
            Assert.Contains(arrived.Headers.GetValues("Set-Cookie"), line => line.Contains("session", StringComparison.Ordinal));
        }

        var answers = new List<TokenAnswer>();
        foreach (var code in codes) answers.Add((await Kubectl.RedeemAsync(Uri.UnescapeDataString(code), Ct)).Succeeded());
        Clock.Advance(TimeSpan.FromSeconds(31));
        var late = await SendToAsync(Issuer, OnwardFrom(proven));

        Assert.Single(answers.Select(answer => answer.Claims.GetProperty("sid").GetString()).Distinct());
        Assert.DoesNotContain("code=",
            late.Headers.Location!.OriginalString.Replace("response_type=code", "", StringComparison.Ordinal)
                .Replace("code_challenge", "", StringComparison.Ordinal), StringComparison.Ordinal);

        HttpRequestMessage OnwardFrom(HttpResponseMessage answer)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Issuer.Issuer, answer.Headers.Location!));
            browser.Cookies.Attach(request);
            return request;
        }
    }

    [Fact]
    public async Task A_wrong_code_that_is_sent_three_times_costs_one_try()
    {
        var (account, page, browser) = await AtNewAuthenticatorAsync();
        page.Fill("Authentication code", "000000");
        var requests = new List<HttpRequestMessage>();
        for (var i = 0; i < 3; i++) requests.Add(await page.FormAsync("Verify", Ct));
        foreach (var request in requests) browser.Cookies.Attach(request);

        await Task.WhenAll(requests.Select(request => SendToAsync(Issuer, request)));

        await using var db = Database.CreateContext();
        Assert.Equal(1,
            await db.People.Where(person => person.UserName == account.Username).Select(person => person.FactorFailures).SingleAsync(Ct));
    }

    [Fact]
    public async Task Of_what_was_shown_once_nothing_lies_readable_in_the_database()
    {
        var (account, page, _) = await AtNewAuthenticatorAsync();
        var shown = await page.PressAsync("Verify", Ct);
        account.KeepRecoveryCodes(shown);

        await using var db = Database.CreateContext();
        var kept = string.Concat((await db.Set<SentForm>().AsNoTracking().ToListAsync(Ct))
            .Select(form => System.Text.Encoding.Latin1.GetString([.. form.Id, .. form.Form, .. form.Answer ?? []])));

        Assert.NotEmpty(kept);
        Assert.All(account.RecoveryCodes, code => Assert.DoesNotContain(code, kept, StringComparison.Ordinal));
        Assert.DoesNotContain(shown.Url.Query[^43..], kept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_answer_is_shown_again_to_the_browser_that_sent_the_form_and_for_some_minutes()
    {
        var (account, page, browser) = await AtNewAuthenticatorAsync();
        var shown = await page.PressAsync("Verify", Ct);
        account.KeepRecoveryCodes(shown);
        using var thief = Issuer.CreateBrowser();
        await thief.GoAsync("/account", Ct);

        var reloaded = await browser.GoAsync(shown.Url, Ct);
        var stolen = await thief.GoAsync(shown.Url, Ct);
        foreach (var cookie in browser.Cookies.Cookies.Where(cookie => cookie.Name.Contains("login", StringComparison.Ordinal)))
            thief.Cookies.Set(Issuer.Issuer, $"{cookie.Name}={cookie.Value}; Secure; Path=/");
        var stolenWithLogin = await thief.GoAsync(shown.Url, Ct);
        Clock.Advance(SentFormStore.Lifetime);
        var late = await browser.GoAsync(shown.Url, Ct);

        Assert.True(reloaded.Has(account.RecoveryCodes[0]), reloaded.ToString());
        Assert.All((Page[])[stolen, stolenWithLogin, late],
            answer => Assert.False(answer.Has(account.RecoveryCodes[0]), answer.ToString()));
    }

    [Fact]
    public async Task Codes_that_somebody_made_are_not_shown_to_the_next_who_signs_in_with_the_browser()
    {
        var (account, page, browser) = await AtNewAuthenticatorAsync();
        account.KeepRecoveryCodes(await page.PressAsync("Verify", Ct));
        await browser.GoAsync("/account", Ct);
        page = await browser.GoAsync("/account/recovery-codes", Ct);
        if (page.HasField("Password")) page = await SignInAsync(page, account);
        var shown = await page.PressAsync("Create recovery codes", Ct);
        account.KeepRecoveryCodes(shown);
        await (await browser.GoAsync("/logout", Ct)).PressAsync("Sign out", Ct);

        var signedOut = await browser.GoAsync(shown.Url, Ct);
        var other = await AddAccountAsync();
        var next = await FirstSignInAsync(await browser.GoAsync("/account", Ct), other);
        var seen = await browser.GoAsync(shown.Url, Ct);

        Assert.True(signedOut.HasField("Password"), signedOut.ToString());
        Assert.Equal("/account", next.Url.AbsolutePath);
        Assert.True(seen.Status == HttpStatusCode.OK && !seen.Has(account.RecoveryCodes[0]), seen.ToString());
    }

    [Fact]
    public async Task Strangers_share_a_fixed_number_of_places()
    {
        using var browser = Issuer.CreateBrowser();
        var page = await browser.GoAsync("/account", Ct);

        await page.Fill("Username", "nobody").Fill("Password", "wrong").PressAsync("Sign in", Ct);

        await using var db = Database.CreateContext();
        Assert.Contains(await db.Set<SentForm>().AsNoTracking().ToListAsync(Ct),
            form => form.Id.Length == 2 && ((form.Id[0] << 8) | form.Id[1]) < SentFormStore.SharedPlaces);
    }

    [Fact]
    public async Task A_page_that_says_what_was_wrong_says_it_again_when_the_person_goes_back_to_it()
    {
        using var browser = Issuer.CreateBrowser();
        var page = await browser.GoAsync("/account", Ct);

        var refused = await page.Fill("Username", "nobody").Fill("Password", "wrong").PressAsync("Sign in", Ct);
        var back = await browser.GoAsync(refused.Url, Ct);

        Assert.True(refused.Has("Sign-in failed.") && back.Has("Sign-in failed."), $"{refused} {back}");
        Assert.Equal("nobody", back.ValueOf("Username"));
        Assert.Contains("form-action 'self'", back.Response.Headers.GetValues("Content-Security-Policy").Single(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_that_failed_may_be_sent_again()
    {
        using var browser = Issuer.CreateBrowser();
        var page = (await browser.GoAsync("/account", Ct)).Fill("Username", "nobody").Fill("Password", "wrong");
        await ExecuteAsync("ALTER TABLE failure_counters RENAME TO away");
        Page failed;
        try
        {
            failed = await page.PressAsync("Sign in", Ct);
        }
        finally
        {
            await ExecuteAsync("ALTER TABLE away RENAME TO failure_counters");
        }

        var again = await page.PressAsync("Sign in", Ct);

        Assert.True((int)failed.Status >= 500, failed.ToString());
        Assert.True(again.Has("Sign-in failed."), again.ToString());
    }

    // Else a browser that is elsewhere by then asks on the way back whether to send the form again.
    [Fact]
    public async Task A_form_that_failed_is_answered_by_a_redirect_too_and_the_page_has_the_reference_of_the_log()
    {
        using var browser = Issuer.CreateBrowser();
        var request = await (await browser.GoAsync("/account", Ct)).Fill("Username", "nobody").Fill("Password", "wrong")
            .FormAsync("Sign in", Ct);
        request.Headers.Accept.ParseAdd("text/html");
        browser.Cookies.Attach(request);
        await ExecuteAsync("ALTER TABLE failure_counters RENAME TO away");
        HttpResponseMessage answer;
        try
        {
            answer = await SendToAsync(Issuer, request);
        }
        finally
        {
            await ExecuteAsync("ALTER TABLE away RENAME TO failure_counters");
        }

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        var page = await browser.GoAsync(answer.Headers.Location!.OriginalString, Ct);
        var reference = page.Document.QuerySelector(".reference code")!.TextContent;
        Assert.Equal(MissingTable, page.Status);

        // An outage is logged once a minute, and another test may have met one.
        if (MissingTable is HttpStatusCode.InternalServerError)
            Assert.Contains(Issuer.Log.Lines,
                line => line.Contains("failed because of a bug", StringComparison.Ordinal)
                    && line.Contains(reference, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nobody_can_make_such_a_page_up()
    {
        using var browser = Issuer.CreateBrowser();

        foreach (var failure in (string[])["", "?failure=", "?failure=500", "?failure=" + new string('A', 200)])
            Assert.Equal(HttpStatusCode.NotFound, (await browser.GoAsync($"/form-failed{failure}", Ct)).Status);
    }

    [Fact]
    public async Task An_answer_that_nobody_gave_is_the_page_without_one()
    {
        using var browser = Issuer.CreateBrowser();

        foreach (var answer in (string[])["", "x", new string('A', 43), "%00", "../../x"])
        {
            var page = await browser.GoAsync($"/logout?answer={answer}", Ct);
            Assert.Equal("/signed-out", page.Url.PathAndQuery);
        }
    }

    private async Task<(Account Account, Page Page, BrowserClient Browser)> AtNewAuthenticatorAsync()
    {
        var account = await AddAccountAsync();
        var browser = Issuer.CreateBrowser();
        var page = await TypePasswordAsync(await browser.GoAsync("/account", Ct), account);
        page = await page.Fill("Enrolment code", account.EnrolmentCode).PressAsync("Continue", Ct);
        account.SetupKey = page.ValueOf("Setup key");
        return (account, page.Fill("Authentication code", await account.NextCodeAsync(Ct)), browser);
    }

    private static Task<Page> TypePasswordAsync(Page page, Account account) =>
        page.Fill("Username", account.Username).Fill("Password", account.Password).PressAsync("Sign in", Ct);

    private static async Task<Page> SignInAsync(Page page, Account account) =>
        await account.VerifyAsync(await TypePasswordAsync(page, account), Ct);

    private static async Task<Page> FirstSignInAsync(Page page, Account account)
    {
        page = await (await TypePasswordAsync(page, account)).Fill("Enrolment code", account.EnrolmentCode).PressAsync("Continue", Ct);
        account.SetupKey = page.ValueOf("Setup key");
        return await account.VerifyAsync(page, Ct);
    }

    private static async Task<HttpResponseMessage> SendToAsync(InMemoryIssuer replica, HttpRequestMessage request)
    {
        using var invoker = new HttpMessageInvoker(replica.CreateHandler());
        return await invoker.SendAsync(request, Ct);
    }

    private static async Task<Page> FollowAsync(BrowserClient browser, HttpResponseMessage answer)
    {
        browser.Cookies.TakeFrom(browser.Home, answer.Headers);
        return await browser.GoAsync(answer.Headers.Location!.OriginalString, Ct);
    }
}

public sealed class SentFormOnSqlite(IssuerOnSqlite running) : SentFormTests(running), IClassFixture<IssuerOnSqlite>
{
    protected override HttpStatusCode MissingTable => HttpStatusCode.InternalServerError;
}

public sealed class SentFormOnPostgres(IssuerOnPostgres running) : SentFormTests(running), IClassFixture<IssuerOnPostgres>
{
    protected override HttpStatusCode MissingTable => HttpStatusCode.ServiceUnavailable;
}

using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Protocol;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Login;

/// <summary>A login whose first proof is given on the page of an upstream.</summary>
public sealed class RedirectLoginTests(RedirectLoginTests.Server running) : ProtocolTests(running), IClassFixture<RedirectLoginTests.Server>
{
    private const string Link = "Sign in with partner";
    private const string Over = "This sign-in can’t continue";

    private ScriptedRedirectConnector Partner => running.Partner;

    [Fact]
    public async Task A_person_signs_in_at_the_upstream_and_with_a_second_factor_here()
    {
        var username = NewName();
        using var browser = Issuer.CreateBrowser();
        var away = await BeginAsync(browser, Kubectl.AuthorizeUrl(("scope", "openid profile groups")));
        Assert.StartsWith("https://sign-in.partner.example/?", away.Redirect!.AbsoluteUri, StringComparison.Ordinal);
        Assert.Equal("https://idp.example.test/upstream/partner/callback", away.RedirectParameters["redirect_uri"]);

        var callback = Partner.SignIn(away.Redirect, Known(username, "partner:platform"));
        var page = await browser.GoAsync(callback, Ct);
        Assert.True(page.HasField("Enrolment code"), page.ToString());
        var account = await Issuer.InviteAsync(username, "", Ct);
        page = await page.Fill("Enrolment code", account.EnrolmentCode).PressAsync("Continue", Ct);
        account.SetupKey = page.ValueOf("Setup key");
        var first = await Kubectl.RedeemAsync(RelyingParty.CodeOf(await account.VerifyAsync(page, Ct)), Ct);

        using var other = Issuer.CreateBrowser();
        page = await SignInAsync(other, Kubectl.AuthorizeUrl(), Known(username));
        Assert.True(page.HasField("Authentication code"), page.ToString());
        var second = await Kubectl.RedeemAsync(RelyingParty.CodeOf(await account.VerifyAsync(page, Ct)), Ct);

        Assert.Equal(["otp", "mfa"], Strings(first.Succeeded().Claims.GetProperty("amr")));
        Assert.Equal("mfa", first.Claims.GetProperty("acr").GetString());
        Assert.Equal(username, first.Claims.GetProperty("preferred_username").GetString());
        Assert.Equal(["partner:platform"], Strings(first.Claims.GetProperty("groups")));
        Assert.Equal(Subject(first), Subject(second.Succeeded()));
        foreach (var secret in callback.Query.TrimStart('?').Split('&').Select(pair => pair.Split('=')[1]))
            Assert.DoesNotContain(Issuer.Log.Lines, line => line.Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_upstream_that_was_used_last_has_the_focus_on_the_sign_in_page()
    {
        using var browser = Issuer.CreateBrowser();
        var before = await browser.GoAsync("/account", Ct);

        await SignInAsync(browser, "/account", Known(NewName()));
        var after = await browser.GoAsync("/account", Ct);

        Assert.Equal(("Username", Link), (Focused(before), Focused(after)));
    }

    // Whoever injects an answer, or a part of it, must not get the browser of somebody else signed in.
    [Theory]
    [InlineData(Callback.OfAnotherBrowser)]
    [InlineData(Callback.OfAnotherUpstream)]
    [InlineData(Callback.WithAnotherState)]
    [InlineData(Callback.WithoutState)]
    [InlineData(Callback.WithTwoStates)]
    [InlineData(Callback.WithTwoCodes)]
    [InlineData(Callback.TooLate)]
    [InlineData(Callback.OfAnEarlierAttempt)]
    [InlineData(Callback.AfterAPassword)]
    public async Task An_answer_that_belongs_to_no_attempt_of_this_browser_never_reaches_the_upstream(Callback callback)
    {
        using var browser = Issuer.CreateBrowser();
        using var stranger = Issuer.CreateBrowser();
        var login = await browser.GoAsync("/account", Ct);
        var away = await login.FollowAsync(Link, Ct);
        var answer = Partner.SignIn(away.Redirect!, Known(NewName()));
        var before = Completed();

        switch (callback)
        {
            case Callback.TooLate:
                Clock.Advance(TimeSpan.FromMinutes(61));
                break;
            case Callback.OfAnEarlierAttempt:
                await login.FollowAsync(Link, Ct);
                break;
            case Callback.AfterAPassword:
                var account = await AddAccountAsync();
                await login.Fill("Username", account.Username).Fill("Password", account.Password).PressAsync("Sign in", Ct);
                break;
        }

        var text = answer.AbsoluteUri;
        var page = await (callback is Callback.OfAnotherBrowser ? stranger : browser).GoAsync(new Uri(callback switch
        {
            Callback.OfAnotherUpstream => text.Replace("/partner/", "/other/", StringComparison.Ordinal),
            Callback.WithAnotherState => text[..^1] + (text[^1] == 'A' ? 'Q' : 'A'),
            Callback.WithoutState => text.Split("&state=")[0],
            Callback.WithTwoStates => $"{text}&state={text.Split("state=")[1]}",
            Callback.WithTwoCodes => $"{text}&code=another",
            _ => text,
        }), Ct);

        Assert.Equal((HttpStatusCode.BadRequest, true), (page.Status, page.Has(Over)));
        Assert.True(page.Has("Start again where you came from") && page.Document.QuerySelector(".reference code") is not null, page.Text);
        Assert.Equal(before, Completed());

        // What was not for this attempt does not end it.
        if (callback is Callback.TooLate or Callback.OfAnEarlierAttempt or Callback.AfterAPassword) return;
        Assert.True((await browser.GoAsync(answer, Ct)).HasField("Enrolment code"));
    }

    [Fact]
    public async Task An_answer_counts_once()
    {
        using var browser = Issuer.CreateBrowser();
        var away = await BeginAsync(browser, "/account");
        var answer = Partner.SignIn(away.Redirect!, Known(NewName()));
        var first = await browser.GoAsync(answer, Ct);
        var before = Completed();

        var second = await browser.GoAsync(answer, Ct);

        Assert.True(first.HasField("Enrolment code"), first.ToString());
        Assert.True(second.Has(Over), second.ToString());
        Assert.Equal(before, Completed());
    }

    [Fact]
    public async Task An_attempt_is_used_up_also_when_the_connector_fails()
    {
        using var browser = Issuer.CreateBrowser();
        var away = await BeginAsync(browser, "/account");
        var answer = Partner.SignIn(away.Redirect!, Known(NewName()));

        Partner.Fault = new InvalidOperationException("a bug");
        var failed = await browser.GoAsync(answer, Ct);
        Partner.Fault = null;
        var again = await browser.GoAsync(answer, Ct);

        Assert.Equal(HttpStatusCode.InternalServerError, failed.Status);
        Assert.True(again.Has(Over), again.ToString());
    }

    [Fact]
    public async Task A_refusal_of_the_upstream_is_a_page_with_a_reference_and_lets_the_person_choose_another_account()
    {
        using var measured = new Measured(Issuer);
        var before = measured.Now("kubeidp.logins", ("outcome", "upstream_refused"));
        using var browser = Issuer.CreateBrowser();

        var page = await SignInAsync(browser, Kubectl.AuthorizeUrl(), new UpstreamAnswer.Refused(Refusal.Disabled));
        var again = await (await page.FollowAsync("Back to sign-in", Ct)).FollowAsync(Link, Ct);

        Assert.Equal((HttpStatusCode.Forbidden, true), (page.Status, page.Has("Sign-in with partner failed")));
        Assert.Equal(("partner: Disabled", "kubernetes"), await RefusalAsync(page));
        Assert.Equal(before + 1, measured.Now("kubeidp.logins", ("outcome", "upstream_refused")));
        Assert.True(Partner.Begun.Last().IsFresh);
        Assert.True((await browser.GoAsync(Partner.SignIn(again.Redirect!, Known(NewName())), Ct)).HasField("Enrolment code"));
    }

    [Fact]
    public async Task A_person_whom_the_upstream_knows_but_does_not_let_in_is_told_why()
    {
        using var browser = Issuer.CreateBrowser();

        var page = await SignInAsync(browser, "/account", new UpstreamAnswer.Refused(Refusal.NotAllowed) { IdentityProven = true });

        Assert.Equal((HttpStatusCode.Forbidden, true), (page.Status, page.Has("Your account can’t be used here")));
        Assert.Equal(("partner: NotAllowed", null), await RefusalAsync(page));
    }

    [Fact]
    public async Task A_user_name_of_somebody_else_is_never_taken_over()
    {
        var local = await AddAccountAsync();
        using var browser = Issuer.CreateBrowser();

        var page = await SignInAsync(browser, "/account", Known(local.Username));

        Assert.Equal((HttpStatusCode.Forbidden, true), (page.Status, page.Has("Your user name is already taken here")));
        Assert.Equal(($"partner: NameTaken: {local.Username}", null), await RefusalAsync(page));
    }

    [Fact]
    public async Task Nobody_learns_that_an_administrator_has_disabled_an_account()
    {
        var username = NewName();
        using var browser = Issuer.CreateBrowser();
        await SignInAsync(browser, "/account", Known(username));
        await using (var db = Database.CreateContext())
        {
            var id = await db.People.Where(person => person.UserName == username).Select(person => person.Id).SingleAsync(Ct);
            await using var scope = Issuer.Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<LocalAccounts>().DisableAsync(new PersonId(id), Actor.CommandLine, Ct);
        }

        var page = await SignInAsync(browser, "/account", Known(username));

        Assert.Equal((HttpStatusCode.Forbidden, true), (page.Status, page.Has("Sign-in with partner failed")));
        Assert.Equal(($"partner: Disabled: {username}", null), await RefusalAsync(page));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_upstream_that_does_not_answer_is_nobodys_failure(bool atTheBeginning)
    {
        using var browser = Issuer.CreateBrowser();

        Partner.IsAway = atTheBeginning;
        var page = atTheBeginning
            ? await BeginAsync(browser, "/account")
            : await SignInAsync(browser, "/account", new UpstreamAnswer.Unreachable("nobody answers"));
        Partner.IsAway = false;

        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (page.Status, page.Has("partner can’t be reached right now.")));
        Assert.True((await page.FollowAsync("Back to sign-in", Ct)).HasField("Password"));
        Assert.Contains(Issuer.Log.Lines, line => line.Contains("partner: nobody answers", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, null, false)]
    [InlineData("prompt", "login", true)]
    [InlineData("prompt", "select_account", true)]
    [InlineData("max_age", "600", true)]
    public async Task The_upstream_hears_whom_the_client_expects_and_whether_a_remembered_sign_in_is_enough(
        string? name, string? value, bool isFresh)
    {
        using var browser = Issuer.CreateBrowser();

        await BeginAsync(browser, Kubectl.AuthorizeUrl([("login_hint", "alice@partner.example"), .. Changes(name, value)]));

        var begun = Partner.Begun.Last();
        Assert.Equal(("alice@partner.example", isFresh), (begun.LoginHint, begun.IsFresh));
    }

    [Fact]
    public async Task A_browser_posts_to_an_upstream_that_wants_it()
    {
        using var browser = Issuer.CreateBrowser();

        Partner.Form = new Dictionary<string, string> { ["SAMLRequest"] = "a<request>" };
        var page = await BeginAsync(browser, "/account");
        Partner.Form = null;

        Assert.Equal(HttpStatusCode.OK, page.Status);
        using var request = await page.FormAsync("Continue", Ct);
        Assert.Equal(("POST", "sign-in.partner.example"), (request.Method.Method, request.RequestUri!.Host));
        Assert.Equal("SAMLRequest=a%3Crequest%3E", await request.Content!.ReadAsStringAsync(Ct));
        Assert.Contains("form-action https://sign-in.partner.example/;",
            string.Join(';', page.Response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_of_a_refusal_speaks_the_language_that_the_client_asked_for()
    {
        using var browser = Issuer.CreateBrowser();
        var away = await (await browser.GoAsync(Kubectl.AuthorizeUrl(("ui_locales", "de")), Ct)).FollowAsync("Mit partner anmelden", Ct);

        var page = await browser.GoAsync(Partner.SignIn(away.Redirect!, new UpstreamAnswer.Refused(Refusal.Unknown)), Ct);

        Assert.Equal("de", page.Document.DocumentElement.GetAttribute("lang"));
        Assert.True(page.Has("Die Anmeldung mit partner ist fehlgeschlagen") && page.Has("Referenz"), page.Text);
    }

    // The request is in a cookie while the browser is away, and a browser takes no longer one.
    [Fact]
    public async Task A_request_that_is_too_long_for_a_cookie_says_so_before_the_browser_leaves()
    {
        using var browser = Issuer.CreateBrowser();
        var normal = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(1_200));
        var tooLong = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(2_700));

        var page = await SignInAsync(browser, Kubectl.AuthorizeUrl(("state", normal)), Known(NewName()));
        var refused = await BeginAsync(browser, Kubectl.AuthorizeUrl(("state", tooLong)));

        Assert.True(page.HasField("Enrolment code"), page.ToString());
        Assert.Equal((HttpStatusCode.BadRequest, true), (refused.Status, refused.Has("You can’t sign in with partner from here")));
        Assert.Empty(browser.Cookies.Refused);
    }

    [Theory]
    [InlineData("/upstream/local")]
    [InlineData("/upstream/Partner")]
    [InlineData("/upstream/nobody/callback?state=x&code=y")]
    public async Task An_upstream_without_a_page_of_its_own_has_none_here(string path)
    {
        using var browser = Issuer.CreateBrowser();

        Assert.Equal(HttpStatusCode.NotFound, (await browser.GoAsync(path, Ct)).Status);
    }

    [Fact]
    public async Task A_beginning_without_a_login_leads_nowhere()
    {
        using var browser = Issuer.CreateBrowser();
        var before = Partner.Begun.Count;

        var page = await browser.GoAsync("/upstream/partner", Ct);

        Assert.True(page.Has(Over), page.ToString());
        Assert.Equal(before, Partner.Begun.Count);
    }

    /// <summary>What is wrong with an answer.</summary>
    public enum Callback
    {
        OfAnotherBrowser,
        OfAnotherUpstream,
        WithAnotherState,
        WithoutState,
        WithTwoStates,
        WithTwoCodes,
        TooLate,
        OfAnEarlierAttempt,
        AfterAPassword,
    }

    private UpstreamAnswer.Known Known(string username, params string[] groups) => new(Partner.Describe(username, groups));

    private static string NewName() => $"partner-{Guid.NewGuid():N}"[..20];

    private static (string, string?)[] Changes(string? name, string? value) => name is null ? [] : [(name, value)];

    /// <summary>As far as the page of the upstream, where the browser stops.</summary>
    private static async Task<Page> BeginAsync(BrowserClient browser, string request) =>
        await (await browser.GoAsync(request, Ct)).FollowAsync(Link, Ct);

    private async Task<Page> SignInAsync(BrowserClient browser, string request, UpstreamAnswer answer) =>
        await browser.GoAsync(Partner.SignIn((await BeginAsync(browser, request)).Redirect!, answer), Ct);

    private int Completed() => Partner.Completed.Count + running.Other.Completed.Count;

    private static string? Focused(Page page) =>
        page.Document.QuerySelector("[autofocus]") is { } focused ? focused.GetAttribute("name") ?? focused.TextContent : null;

    /// <summary>Detail and client of the audit event to which a page refers.</summary>
    private async Task<(string? Detail, string? Client)> RefusalAsync(Page page)
    {
        var reference = page.Document.QuerySelector(".reference code")!.TextContent;
        await using var db = Database.CreateContext();
        var entry = await db.AuditEvents.AsNoTracking()
            .SingleAsync(row => row.Type == AuditEventType.LoginRefused && row.Reference == reference, Ct);
        return (entry.Detail, entry.ClientId);
    }

    public sealed class Server : IssuerOnSqlite
    {
        public ScriptedRedirectConnector Partner { get; } = new("partner");

        public ScriptedRedirectConnector Other { get; } = new("other");

        protected override IReadOnlyList<IConnector> Directories => [Partner, Other];
    }
}

using System.Net;
using KubeIdP.Data.Audit;
using KubeIdP.Testing.Browsers;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Server.Tests.SelfService;

public abstract class OwnSessionTests(ClassIssuer shared, bool postgres) : IssuerTests(shared, postgres)
{
    // What is typed into a search comes back decoded, and a header holds ASCII alone.
    [Fact]
    public async Task Somebody_who_signs_in_comes_back_to_an_address_with_any_letters()
    {
        using var browser = Issuer.CreateBrowser();

        var signedIn = await VisitAsync(browser, Alice, "/sign-in?return=%2Faccount%3Fq%3DM%C3%BCller%20%F0%9F%A6%A2");
        var again = await browser.GoAsync("/sign-in?return=%2Faccount%3Fq%3DM%C3%BCller%20%F0%9F%A6%A2", Ct);

        Assert.Equal("/account?q=M%C3%BCller%20%F0%9F%A6%A2", signedIn.Url.PathAndQuery);
        Assert.Equal("/account?q=M%C3%BCller%20%F0%9F%A6%A2", again.Url.PathAndQuery);
    }

    [Fact]
    public async Task A_person_sees_their_own_sessions_with_device_address_and_clients()
    {
        var bob = await Issuer.AddAccountAsync("bob", Ct);
        using var bobsBrowser = Issuer.CreateBrowser("198.51.100.9");
        await VisitAsync(bobsBrowser, bob, "/account");
        using var phone = Browser("Mozilla/5.0 (Android 16; Mobile; rv:150.0) Gecko/150.0 Firefox/150.0", "192.0.2.7");
        await VisitAsync(phone, Alice, "/account");

        var page = await AliceBrowser.GoAsync("/account", Ct);

        Assert.Equal(2, page.Document.QuerySelectorAll("section[aria-labelledby=sessions] li").Length);
        Assert.True(page.Has("Firefox on Android") && page.Has("192.0.2.7") && page.Has("kubernetes · last refresh just now"), page.Text);
        Assert.Contains("This session", page.Document.QuerySelector("section[aria-labelledby=sessions] li")!.TextContent);
        Assert.False(page.Has("198.51.100.9"), page.Text);
    }

    [Fact]
    public async Task An_ended_session_has_ended_for_its_browser_and_its_refresh_token()
    {
        using var laptop = Issuer.CreateBrowser();
        var page = await VisitAsync(laptop, Alice, "/account");

        page = await page.PressAsync("End session", Ct);

        Assert.False(page.HasButton("End session"), page.Text);
        Assert.True((await AliceBrowser.GoAsync("/account", Ct)).HasField("Password"));
        using var client = Issuer.CreateClient();
        Assert.Equal("invalid_grant", (await client.RefreshAsync(AliceTokens.RefreshToken!, Ct)).Error);
        Assert.Equal("ended by the person", Assert.Single(await AuditAsync(AuditEventType.SessionEnded)).Detail);
    }

    [Fact]
    public async Task All_other_sessions_end_at_once_and_half_finished_logins_with_them()
    {
        using var laptop = Issuer.CreateBrowser();
        await VisitAsync(laptop, Alice, "/account");
        using var phone = Issuer.CreateBrowser();
        var page = await VisitAsync(phone, Alice, "/account");
        using var thief = Issuer.CreateBrowser();
        var halfway = await TypePasswordAsync(thief, Alice);

        page = await page.PressAsync("End all other sessions", Ct);

        Assert.Single(page.Document.QuerySelectorAll("section[aria-labelledby=sessions] li"));
        Assert.True((await laptop.GoAsync("/account", Ct)).HasField("Password"));
        Assert.True((await AliceBrowser.GoAsync("/account", Ct)).HasField("Password"));
        Assert.True((await halfway.Fill("Authentication code", await Alice.NextCodeAsync(Ct)).PressAsync("Verify", Ct))
            .HasField("Password"));
        Assert.Equal(2, (await AuditAsync(AuditEventType.SessionEnded)).Count);
    }

    [Fact]
    public async Task Anothers_session_is_as_unknown_as_one_that_never_was()
    {
        var bob = await Issuer.AddAccountAsync("bob", Ct);
        using var bobsBrowser = Issuer.CreateBrowser();
        await VisitAsync(bobsBrowser, bob, "/account");
        using var bobsPhone = Issuer.CreateBrowser();
        await VisitAsync(bobsPhone, bob, "/account");
        await using var db = Database.CreateContext();
        var alices = await db.Sessions.OrderBy(session => session.Id).Select(session => session.Id).FirstAsync(Ct);

        var anothers = await EndAsync(bobsPhone, alices);
        var unknown = await EndAsync(bobsPhone, new string('0', 32));

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (anothers.Status, unknown.Status));
        Assert.Equal(WithoutReference(unknown), WithoutReference(anothers));
        Assert.False((await AliceBrowser.GoAsync("/account", Ct)).HasField("Password"));
    }

    [Fact]
    public async Task Ending_without_the_pages_own_form_is_refused()
    {
        using var phone = Issuer.CreateBrowser();
        await VisitAsync(phone, Alice, "/account");

        using var request = new HttpRequestMessage(HttpMethod.Post,
            new Uri(Issuer.Issuer, "/account?handler=EndOthers")) { Content = new FormUrlEncodedContent([]) };
        var answer = await phone.LoadAsync(request, Ct);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.False((await AliceBrowser.GoAsync("/account", Ct)).HasField("Password"));
    }

    [Fact]
    public async Task A_stranger_is_sent_to_sign_in()
    {
        using var stranger = Issuer.CreateBrowser();

        Assert.True((await stranger.GoAsync("/account", Ct)).HasField("Password"));
    }

    private static async Task<Page> EndAsync(BrowserClient browser, string session)
    {
        var page = await browser.GoAsync("/account", Ct);
        var form = page.Document.QuerySelector("form[action$='handler=End']")!;
        form.QuerySelector("input[name=id]")!.SetAttribute("value", session);
        return await page.PressAsync("End session", Ct);
    }

    private static string WithoutReference(Page page) => page.Text[..page.Text.IndexOf("Reference", StringComparison.Ordinal)];

    private BrowserClient Browser(string userAgent, string address)
    {
        var browser = Issuer.CreateBrowser(address);
        browser.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        return browser;
    }
}

public sealed class OwnSessionTestsOnSqlite(ClassIssuer shared) : OwnSessionTests(shared, postgres: false);

public sealed class OwnSessionTestsOnPostgres(ClassIssuer shared) : OwnSessionTests(shared, postgres: true);

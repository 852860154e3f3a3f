using System.Net;
using System.Text.Json;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Browsers;
using Xunit;

namespace KubeIdP.Server.Tests.Web;

/// <summary>Pages speak the language that the browser asks for; everything else speaks English.</summary>
public sealed class LanguageTests(IssuerOnSqlite running) : ProtocolTests(running), IClassFixture<IssuerOnSqlite>
{
    [Theory]
    [InlineData(null, "en")]
    [InlineData("de", "de")]
    [InlineData("de-AT, de;q=0.9, en;q=0.8", "de")]
    [InlineData("en-US, en;q=0.9, de;q=0.8", "en")]
    [InlineData("en;q=0.1, de;q=0.2", "de")]
    [InlineData("fr, it;q=0.9, es;q=0.8, pl;q=0.7, de;q=0.6", "de")]
    [InlineData("fr", "en")]
    [InlineData("fr, de;q=0", "en")]
    [InlineData("*", "en")]
    [InlineData("x-klingon, \u0000, ;;;", "en")]
    public async Task A_page_speaks_the_best_language_that_the_browser_accepts(string? accepted, string language)
    {
        using var browser = Issuer.CreateBrowser();
        if (accepted is not null) browser.Headers.TryAddWithoutValidation("Accept-Language", accepted);

        var page = await browser.GoAsync(Kubectl.AuthorizeUrl(), Ct);

        Assert.Equal(language, page.Document.DocumentElement.GetAttribute("lang"));
        Assert.Equal(language, Assert.Single(page.Response.Content.Headers.ContentLanguage));
        Assert.Contains("Accept-Language", page.Response.Headers.Vary);
        Assert.True(page.HasButton(language == "de" ? "Anmelden" : "Sign in"));
    }

    // OpenID Connect Core §3.1.2.1, §15.1: "must not result in an error".
    [Theory]
    [InlineData("de", "en", "de")]
    [InlineData("fr de-AT en", "en", "de")]
    [InlineData("en", "de", "en")]
    [InlineData("EN-gb de", "de", "en")]
    [InlineData("fr it", "de", "de")]
    [InlineData("fr it", null, "en")]
    [InlineData("", "de", "de")]
    [InlineData("deu x-klingon \u0000 ;;;", "en", "en")]
    public async Task The_pages_of_a_login_speak_the_language_that_the_client_asks_for(string asked, string? accepted, string language)
    {
        var account = await AddAccountAsync();
        using var browser = Issuer.CreateBrowser();
        if (accepted is not null) browser.Headers.TryAddWithoutValidation("Accept-Language", accepted);

        var page = await browser.GoAsync(Kubectl.AuthorizeUrl(("ui_locales", asked)), Ct);
        Assert.Equal(language, Assert.Single(page.Response.Content.Headers.ContentLanguage));
        Assert.Equal(language, page.Document.DocumentElement.GetAttribute("lang"));
        var (name, password, press) = language == "de" ? ("Benutzername", "Passwort", "Anmelden") : ("Username", "Password", "Sign in");
        page = await page.Fill(name, account.Username).Fill(password, "wrong").PressAsync(press, Ct);
        Assert.True(page.Has(language == "de" ? "Die Anmeldung ist fehlgeschlagen." : "Check the username and the password"),
            page.ToString());
        page = await page.Fill(name, account.Username).Fill(password, account.Password).PressAsync(press, Ct);

        Assert.True(page.HasField(language == "de" ? "Einrichtungscode" : "Enrolment code"), page.ToString());
        Assert.Equal(language, page.Document.DocumentElement.GetAttribute("lang"));
    }

    [Fact]
    public async Task Signing_out_and_refusals_speak_the_language_that_the_client_asks_for()
    {
        var login = await LogInAsync();

        var unknown = await login.Browser.GoAsync("/connect/authorize?client_id=nobody&ui_locales=de", Ct);
        var asked = await login.Browser.GoAsync("/connect/logout?ui_locales=de", Ct);
        var signedOut = await asked.PressAsync("Abmelden", Ct);

        Assert.Equal("Diese Anfrage wurde abgelehnt", unknown.Document.QuerySelector("h1")!.TextContent);
        Assert.True(signedOut.Has("Sie sind abgemeldet"), signedOut.ToString());
    }

    [Fact]
    public async Task A_link_or_a_cookie_does_not_choose_the_language()
    {
        using var browser = Issuer.CreateBrowser();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(browser.Home, "/signed-out?culture=de&ui-culture=de"));
        request.Headers.Add("Cookie", ".AspNetCore.Culture=c%3Dde%7Cuic%3Dde");

        var page = await browser.LoadAsync(request, Ct);

        Assert.Equal("en", page.Document.DocumentElement.GetAttribute("lang"));
    }

    [Fact]
    public async Task A_german_finds_the_way_to_the_account()
    {
        var account = await AddAccountAsync();
        using var browser = GermanBrowser();

        var page = await browser.GoAsync("/account", Ct);
        page = await page.Fill("Benutzername", account.Username).Fill("Passwort", "falsch").PressAsync("Anmelden", Ct);
        Assert.True(page.Has("Die Anmeldung ist fehlgeschlagen."));
        page = await page.Fill("Benutzername", account.Username).Fill("Passwort", account.Password).PressAsync("Anmelden", Ct);
        page = await page.Fill("Einrichtungscode", account.EnrolmentCode).PressAsync("Weiter", Ct);
        account.SetupKey = page.ValueOf("Einrichtungsschlüssel");
        page = await page.Fill("Bestätigungscode", await account.NextCodeAsync(Ct)).PressAsync("Bestätigen", Ct);
        Assert.Equal("Ihre Wieder\u00ADherstellungs\u00ADcodes – KubeIdP", page.Title);
        page = await page.FollowAsync("Weiter", Ct);
        var factor = await page.FollowAsync("Ändern: Authenticator-App", Ct);

        Assert.True(page.Has("angemeldet gerade eben"), page.ToString());
        Assert.True(
            factor.Has(Issuer.Clock.GetUtcNow().ToString("'hinzugefügt am 'd. MMMM yyyy", new System.Globalization.CultureInfo("de"))),
            factor.ToString());

        // Pages are UTF-8, and what somebody calls themself is no markup in any language.
        Assert.Contains("Sitzung beendet, endet", page.Content, StringComparison.Ordinal);
        Assert.DoesNotContain("&#x", page.Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_explained_in_german_and_the_protocols_own_words_are_marked_as_english()
    {
        using var browser = GermanBrowser();

        var unknown = await browser.GoAsync("/connect/authorize?client_id=nobody", Ct);
        var gone = await browser.GoAsync("/login?login=0123456789abcdef0123456789abcdef", Ct);

        Assert.Equal((HttpStatusCode.BadRequest, "Diese Anfrage wurde abgelehnt"),
            (unknown.Status, unknown.Document.QuerySelector("h1")!.TextContent));
        Assert.NotEmpty(unknown.Document.QuerySelector("p[lang=en]")!.TextContent);
        Assert.True(gone.Has("Diese Anmeldung kann nicht fortgesetzt werden") && gone.Has("Referenz"));
    }

    [Theory]
    [InlineData("/nowhere", "There is nothing at this address on this server.")]
    [InlineData("/connect/token", "method")]
    public async Task A_program_is_answered_in_english(string path, string description)
    {
        using var browser = GermanBrowser();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(browser.Home, path));
        request.Headers.Accept.ParseAdd("application/json");

        var answer = await browser.LoadAsync(request, Ct);

        using var json = JsonDocument.Parse(answer.Content);
        Assert.Contains(description, json.RootElement.GetProperty("error_description").GetString(), StringComparison.Ordinal);
        Assert.Empty(answer.Response.Content.Headers.ContentLanguage);
    }

    private BrowserClient GermanBrowser()
    {
        var browser = Issuer.CreateBrowser();
        browser.Headers.Add("Accept-Language", "de-CH");
        return browser;
    }
}

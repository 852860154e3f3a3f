using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using KubeIdP.Testing.Browsers;
using Xunit;

namespace KubeIdP.Server.Tests.Protocol;

/// <summary>An issuer behind a path of a shared host: nothing may point beside it.</summary>
public sealed class IssuerWithPathTests(IssuerWithPathTests.IssuerAtAuth running) : ProtocolTests(running),
    IClassFixture<IssuerWithPathTests.IssuerAtAuth>
{
    private const string Auth = "https://idp.example.test/auth";

    public sealed class IssuerAtAuth : IssuerOnSqlite
    {
        protected override Settings Change(Settings settings) => settings with { Issuer = Auth };
    }

    [Theory]
    [InlineData("/auth/.well-known/openid-configuration")]
    [InlineData("/auth/.well-known/oauth-authorization-server")]
    [InlineData("/.well-known/oauth-authorization-server/auth")]
    public async Task Discovery_is_where_clients_of_either_specification_look(string path)
    {
        using var response = await SendAsync(new(HttpMethod.Get, path));
        var document = System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct)).RootElement;

        Assert.Equal(Auth, document.GetProperty("issuer").GetString());
        foreach (var entry in document.EnumerateObject()
            .Where(entry => entry.Name.EndsWith("_endpoint", StringComparison.Ordinal) || entry.Name == "jwks_uri"))
            Assert.StartsWith($"{Auth}/", entry.Value.GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/login")]
    [InlineData("/authx/login")]
    [InlineData("/")]
    public async Task Beside_the_path_there_is_nothing(string path)
    {
        using var response = await SendAsync(new(HttpMethod.Get, path));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task A_whole_login_stays_under_the_path()
    {
        var account = await AddAccountAsync("platform");
        using var browser = Issuer.CreateBrowser();

        var page = await browser.GoAsync(Kubectl.AuthorizeUrl(), Ct);
        await AssertUnderPathAsync(browser, page);
        page = await page.Fill("Username", account.Username).Fill("Password", account.Password).PressAsync("Sign in", Ct);
        await AssertUnderPathAsync(browser, page);
        page = await page.Fill("Enrolment code", account.EnrolmentCode).PressAsync("Continue", Ct);
        await AssertUnderPathAsync(browser, page);
        account.SetupKey = page.ValueOf("Setup key");
        page = await account.VerifyAsync(page, Ct);
        var tokens = (await Kubectl.RedeemAsync(page.RedirectParameters["code"], Ct)).Succeeded();
        using var userInfo = await Kubectl.UserInfoAsync(tokens.AccessToken, Ct);

        Assert.Equal(Auth, page.RedirectParameters["iss"]);
        Assert.Equal(Auth, tokens.Claims.GetProperty("iss").GetString());
        Assert.Contains($"\"iss\":\"{Auth}\"", (await userInfo.Content.ReadAsStringAsync(Ct)).Replace(" ", "", StringComparison.Ordinal),
            StringComparison.Ordinal);

        page = await browser.GoAsync(Kubectl.AuthorizeUrl(), Ct);
        await AssertUnderPathAsync(browser, page);
        Assert.NotNull((await page.PressAsync("Continue", Ct)).Redirect);

        page = await browser.GoAsync($"{Auth}/connect/logout", Ct);
        await AssertUnderPathAsync(browser, page);
        page = await page.PressAsync("Sign out", Ct);
        await AssertUnderPathAsync(browser, page);
        Assert.True(page.Has("You are signed out"));
        Assert.Empty(browser.Cookies.Refused);
    }

    private static async Task AssertUnderPathAsync(BrowserClient browser, Page page)
    {
        Assert.True(page.Status == HttpStatusCode.OK, page.ToString());
        Assert.StartsWith($"{Auth}/", page.Url.AbsoluteUri, StringComparison.Ordinal);
        Assert.All(page.Document.Forms,
            form => Assert.StartsWith($"{Auth}/", new Uri(page.Url, form.Action).AbsoluteUri, StringComparison.Ordinal));

        var sheet = page.Document.QuerySelector<IHtmlLinkElement>("link[rel=stylesheet]")!.Href!;
        Assert.StartsWith($"{Auth}/", sheet, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await browser.GoAsync(sheet, Ct)).Status);
    }
}

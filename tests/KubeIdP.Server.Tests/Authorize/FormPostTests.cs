using System.Net;
using System.Security.Cryptography;
using System.Text;
using AngleSharp.Html.Dom;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Browsers;
using Xunit;

namespace KubeIdP.Server.Tests.Authorize;

/// <summary>OAuth 2.0 Form Post Response Mode: the answer is a form that the browser posts to the client.</summary>
public sealed class FormPostTests(IssuerOnSqlite running) : ProtocolTests(running), IClassFixture<IssuerOnSqlite>
{
    private static readonly (string, string?) Mode = ("response_mode", "form_post");

    [Fact]
    public async Task The_code_stands_in_a_form_that_leads_to_the_client_and_nowhere_else()
    {
        var login = await LogInAsync(Web);

        var page = await login.Browser.GoAsync(Web.AuthorizeUrl(Mode, ("state", "a \"b\" <c> & 'd' \u00e9")), Ct);

        var fields = FieldsOf(page);
        Assert.Equal((HttpStatusCode.OK, null), (page.Status, page.Redirect));
        Assert.Equal(["code", "iss", "state"], fields.Keys.Order());
        Assert.Equal(("https://idp.example.test", "a \"b\" <c> & 'd' \u00e9"), (fields["iss"], fields["state"]));
        Assert.True(page.HasButton("Continue") && page.Has("Back to web"));
        Assert.True((await Web.RedeemAsync(fields["code"], Ct)).IsSuccess);
    }

    [Fact]
    public async Task Its_policy_lets_one_script_send_one_form_to_one_address()
    {
        var login = await LogInAsync(Web);

        var page = await login.Browser.GoAsync(Web.AuthorizeUrl(Mode), Ct);

        var script = Assert.Single(page.Document.Scripts);
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script.Text)));
        Assert.Equal(
            $"default-src 'none'; script-src 'sha256-{hash}'; style-src 'self'; img-src 'self' data:; form-action {WebRedirect}; "
                + $"frame-ancestors 'none'; base-uri 'none'",
            Assert.Single(page.Response.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("no-store", $"{page.Response.Headers.CacheControl}");
    }

    [Theory]
    [InlineData("prompt", "none", "login_required")]
    [InlineData("max_age", "abc", "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("response_type", "code code", "unsupported_response_type")]
    [InlineData("registration", "{}", "registration_not_supported")]
    [InlineData("request", "x", "request_not_supported")]
    public async Task An_error_comes_the_same_way(string name, string value, string error)
    {
        using var browser = Issuer.CreateBrowser();

        var page = await browser.GoAsync(Web.AuthorizeUrl(Mode, (name, value), ("state", "s")), Ct);

        var fields = FieldsOf(page);
        Assert.Equal((error, "s"), (fields["error"], fields["state"]));
        Assert.False(fields.ContainsKey("code"));
    }

    [Theory]
    [InlineData("redirect_uri", "https://evil.example/callback")]
    [InlineData("client_id", "nobody")]
    public async Task Nothing_is_posted_to_an_address_that_is_not_the_clients(string name, string value)
    {
        using var browser = Issuer.CreateBrowser();

        var page = await browser.GoAsync(Web.AuthorizeUrl(Mode, (name, value)), Ct);

        Assert.Equal((HttpStatusCode.BadRequest, null), (page.Status, page.Redirect));
        Assert.Empty(page.Document.Forms);
    }

    [Fact]
    public async Task A_whole_login_ends_there_and_the_mode_is_kept_until_then()
    {
        var account = await AddAccountAsync();
        using var browser = Issuer.CreateBrowser();
        browser.StopAt = url => url.Host != "idp.example.test";

        var page = await browser.GoAsync(Kubectl.AuthorizeUrl(Mode), Ct);
        page = await page.Fill("Username", account.Username).Fill("Password", account.Password).PressAsync("Sign in", Ct);
        page = await page.Fill("Enrolment code", account.EnrolmentCode).PressAsync("Continue", Ct);
        account.SetupKey = page.ValueOf("Setup key");
        page = await account.VerifyAsync(page, Ct);

        Assert.True((await Kubectl.RedeemAsync(FieldsOf(page)["code"], Ct)).IsSuccess);
    }

    private static Dictionary<string, string> FieldsOf(Page page)
    {
        var form = Assert.Single(page.Document.Forms);
        Assert.Equal("post", form.Method);
        Assert.Contains(form.GetAttribute("action"), new[] { WebRedirect, "http://localhost:8000" });
        return form.QuerySelectorAll("input").Cast<IHtmlInputElement>().ToDictionary(field => field.Name!, field => field.Value);
    }
}

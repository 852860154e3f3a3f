using System.Net;
using System.Text;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Browsers;
using Xunit;

namespace KubeIdP.Server.Tests.Authorize;

/// <summary>
/// Authorization requests by POST, which OpenID Connect Core §3.1.2.1 demands. The form is on a page of the client, and with what another
/// site sends a browser leaves out the cookies that are <c>SameSite=Lax</c>.
/// </summary>
public sealed class PostedRequestTests(IssuerOnSqlite running) : ProtocolTests(running), IClassFixture<IssuerOnSqlite>
{
    [Theory]
    [InlineData("state", "s")]
    [InlineData("prompt", "none")]
    [InlineData("max_age", "3600")]
    public async Task A_request_that_another_site_posts_finds_the_session_of_the_browser(string name, string value)
    {
        var login = await LogInAsync(Web);

        var page = await PostFromAnotherSiteAsync(login.Browser, Web.AuthorizeUrl((name, value)));

        Assert.NotNull(page.Redirect);
        Assert.True((await Web.RedeemAsync(page.RedirectParameters["code"], Ct)).IsSuccess);
    }

    [Fact]
    public async Task Without_a_session_the_person_signs_in_or_the_client_gets_the_error()
    {
        var account = await AddAccountAsync();
        using var browser = Issuer.CreateBrowser();

        var silent = await PostFromAnotherSiteAsync(browser, Web.AuthorizeUrl(("prompt", "none"), ("state", "s")));
        var page = await PostFromAnotherSiteAsync(browser, Kubectl.AuthorizeUrl(("state", "s")));
        page = await page.Fill("Username", account.Username).Fill("Password", account.Password).PressAsync("Sign in", Ct);

        Assert.Equal(("login_required", "s"), (silent.RedirectParameters["error"], silent.RedirectParameters["state"]));
        Assert.True(page.HasField("Enrolment code"), page.ToString());
    }

    private async Task<Page> PostFromAnotherSiteAsync(BrowserClient browser, string request)
    {
        using var post = new HttpRequestMessage(HttpMethod.Post, new Uri("/connect/authorize", UriKind.Relative))
        {
            Content = new StringContent(request.Split('?', 2)[1], Encoding.ASCII, "application/x-www-form-urlencoded"),
        };
        post.Headers.Accept.ParseAdd("text/html");
        post.Headers.Add("Sec-Fetch-Site", "cross-site");
        using var answer = await SendAsync(post);

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        browser.Cookies.TakeFrom(Issuer.Issuer, answer.Headers);
        return await browser.GoAsync(new Uri(Issuer.Issuer, answer.Headers.Location!), Ct);
    }
}

using KubeIdP.Server.Clients;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Authorize;

/// <summary>
/// A program that the platform opens by a scheme of its own, or by an https address that is assigned to it (RFC 8252 §7.1 and §7.2),
/// through all ways of answering.
/// </summary>
public sealed class PrivateSchemeTests(PrivateSchemeTests.WithProgram running) : ProtocolTests(running),
    IClassFixture<PrivateSchemeTests.WithProgram>
{
    private static readonly string[] All = ["com.example.app:/callback", "com.example.my-app2:/a//b/", "org.example:/",
        "https://program.example.test/callback"];

    public static TheoryData<string> Addresses => [.. All];

    public sealed class WithProgram : IssuerOnSqlite
    {
        protected override Settings Change(Settings settings)
        {
            var clients = new Dictionary<string, ClientOptions>(settings.Clients)
            {
                ["program"] = new() { Kind = ClientKind.Native, Name = "The program", RedirectUris = All, PostLogoutRedirectUris = All },
            };
            return ClientRules.Check(clients, []).ToList() is []
                ? settings with { Clients = clients }
                : throw new InvalidOperationException($"Refused: {string.Join(", ", ClientRules.Check(clients, []))}");
        }
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task The_program_gets_codes_errors_and_the_end_of_the_session(string address)
    {
        using var program = Issuer.CreateClient("program", address);
        var account = await AddAccountAsync("platform");
        using var browser = Issuer.CreateBrowser();
        browser.StopAt = program.IsOurs;

        var first = await browser.GoAsync(program.AuthorizeUrl(), Ct);
        AssertAllows(address, first);
        var tokens = await program.LogInAsync(browser, account, Ct, ("scope", "openid offline_access"));
        var refreshed = (await program.RefreshAsync(tokens.RefreshToken!, Ct)).Succeeded();
        var question = await browser.GoAsync(program.AuthorizeUrl(), Ct);
        var silent = await browser.GoAsync(program.AuthorizeUrl(("prompt", "none")), Ct);
        var malformed = await browser.GoAsync(program.AuthorizeUrl(("prompt", "nonsense")), Ct);
        var signedOut = await browser.GoAsync(
            $"/connect/logout?id_token_hint={refreshed.IdToken}&post_logout_redirect_uri={Uri.EscapeDataString(address)}&state=s", Ct);

        // Any program can open a browser, so the session alone is not enough.
        Assert.True(question.HasButton("Continue"), question.ToString());
        AssertAllows(address, question);
        Assert.Equal("interaction_required", silent.RedirectParameters["error"]);
        Assert.Equal("invalid_request", malformed.RedirectParameters["error"]);
        foreach (var page in (Page[])[silent, malformed, signedOut])
            Assert.StartsWith($"{address}?", Location(page), StringComparison.Ordinal);
    }

    // A browser opens a program by the address alone and drops the form, so the program would wait for ever.
    [Theory]
    [InlineData("com.example.app:/callback", "")]
    [InlineData("com.example.app:/callback", "nonsense")]
    public async Task A_form_is_not_posted_to_a_program(string address, string prompt)
    {
        using var program = Issuer.CreateClient("program", address);
        using var browser = Issuer.CreateBrowser();
        browser.StopAt = program.IsOurs;

        var page = await browser.GoAsync(
            program.AuthorizeUrl(("response_mode", "form_post"), ("prompt", prompt is "" ? null : prompt)), Ct);

        Assert.StartsWith($"{address}?", Location(page), StringComparison.Ordinal);
        Assert.Equal("invalid_request", page.RedirectParameters["error"]);
    }

    [Fact]
    public async Task A_form_is_posted_to_an_https_address_of_a_program()
    {
        using var program = Issuer.CreateClient("program", "https://program.example.test/callback");
        var login = await LogInAsync();
        login.Browser.StopAt = program.IsOurs;

        var form = await (await login.Browser.GoAsync(program.AuthorizeUrl(("response_mode", "form_post")), Ct)).PressAsync("Continue", Ct);

        Assert.Equal("https://program.example.test/callback", Assert.Single(form.Document.Forms).GetAttribute("action"));
    }

    [Fact]
    public async Task A_login_that_is_over_asks_to_run_the_program_again()
    {
        using var program = Issuer.CreateClient("program", "com.example.app:/callback");
        using var browser = Issuer.CreateBrowser();
        var page = await browser.GoAsync(program.AuthorizeUrl(), Ct);
        Clock.Advance(TimeSpan.FromMinutes(61));

        var over = await browser.GoAsync(page.Url, Ct);

        Assert.True(over.Has("run it again"), over.Text);
        Assert.DoesNotContain("com.example.app", over.Content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("com.example.app:/other")]
    [InlineData("com.example.app:/callback/")]
    [InlineData("COM.example.app:/callback")]
    [InlineData("com.example.app://callback")]
    [InlineData("com.example.app:/callback?x=y")]
    public async Task Nearly_its_address_gets_nothing(string address)
    {
        using var program = Issuer.CreateClient("program", address);
        using var browser = Issuer.CreateBrowser();

        var page = await browser.GoAsync(program.AuthorizeUrl(), Ct);

        Assert.Null(page.Redirect);
        Assert.Contains("redirect_uri", page.Content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("com.example.app:/callback", "com.example.app:")]
    [InlineData("com.example.app:/a//b", "com.example.app:")]
    [InlineData("https://app.example.test/callback", "https://app.example.test")]
    [InlineData("http://localhost:8000", "http://localhost:8000")]
    [InlineData("https://app.example.test?x", "https://app.example.test")]
    public void What_pages_show_of_an_address_is_its_scheme_and_host(string address, string shown) =>
        Assert.Equal(shown, RedirectUri.OriginOf(address));

    /// <summary>Chromium follows no redirect after a form to where the policy of the form's page does not allow it.</summary>
    private static void AssertAllows(string address, Page page)
    {
        var policy = Assert.Single(page.Response.Headers.NonValidated["Content-Security-Policy"]);
        Assert.Contains($"; form-action 'self' {(address.StartsWith("https", StringComparison.Ordinal)
            ? "https://program.example.test"
            : address[..(address.IndexOf(':', StringComparison.Ordinal) + 1)])};", policy, StringComparison.Ordinal);
    }

    private static string Location(Page page) => Assert.Single(page.Response.Headers.NonValidated["Location"]);
}

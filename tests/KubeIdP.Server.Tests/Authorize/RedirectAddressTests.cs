using KubeIdP.Server.Clients;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Issuers;
using Xunit;

namespace KubeIdP.Server.Tests.Authorize;

/// <summary>Whatever address a configuration may name takes its codes: in each way of answering, and on every page on the way.</summary>
public sealed class RedirectAddressTests(RedirectAddressTests.IssuerWithAddresses running) : ProtocolTests(running),
    IClassFixture<RedirectAddressTests.IssuerWithAddresses>
{
    private static readonly string[] All =
    [
        "https://my_app.example.test/cb", "https://my_app.example.test:8443", "https://_a.-b.example-.test/cb",
        "https://APP.Example.test/Cb", "https://app.example.test./cb",
        "https://xn--bcher-kva.example/cb", "https://xn--a/cb", "https://app", "https://app.example.test",
        "https://app.example.test/cb?x=1&y=%20", "https://app.example.test?x",
        "https://app.example.test/cb?", "https://app.example.test/a;b,c=d'(e)!$&@:~+%2f%C3%a9/[x]", "https://app.example.test//a//..//b/./",
        "https://192.0.2.1/cb", "https://0x7f.1/cb", "https://[2001:db8::1]/cb", "https://[2001:DB8::1]:8443",
        "https://[::ffff:192.0.2.1]/cb", "https://localhost/cb",
        "http://localhost:3000/cb", "http://127.0.0.1/cb?x=1", "http://[::1]", "http://[::1]:8000/cb", "https://app.example.test:443/cb",
        "https://app.example.test:00443/cb",
    ];

    public static TheoryData<string> Addresses => [.. All];

    public sealed class IssuerWithAddresses : IssuerOnSqlite
    {
        protected override Settings Change(Settings settings)
        {
            var client = new ClientOptions
            {
                Kind = ClientKind.Web, RedirectUris = All, PostLogoutRedirectUris = All, Consent = true,
                    SecretHash = ClientSecret.HashOf(InMemoryIssuer.WebSecret),
            };
            var clients = new Dictionary<string, ClientOptions>(settings.Clients) { ["app"] = client };
            return ClientRules.Check(clients, []).ToList() is []
                ? settings with { Clients = clients }
                : throw new InvalidOperationException($"Refused: {string.Join(", ", ClientRules.Check(clients, []))}");
        }
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task An_address_that_is_configured_takes_codes_errors_and_sign_outs(string address)
    {
        using var client = Issuer.CreateClient("app", address, InMemoryIssuer.WebSecret);
        var login = await LogInAsync();
        login.Browser.StopAt = url => url.Host != "idp.example.test";

        var question = await login.Browser.GoAsync(client.AuthorizeUrl(), Ct);
        AssertPolicy(question);
        Assert.True(question.HasButton("Don’t share"), question.ToString());
        var arrived = await question.PressAsync("Continue", Ct);
        AssertLeads(address, arrived);
        var tokens = (await client.RedeemAsync(arrived.RedirectParameters["code"], Ct)).Succeeded();

        question = await login.Browser.GoAsync(client.AuthorizeUrl(("response_mode", "form_post")), Ct);
        var form = await question.PressAsync("Continue", Ct);
        AssertPolicy(form);
        Assert.Equal(address, Assert.Single(form.Document.Forms).GetAttribute("action"));

        var refused = await login.Browser.GoAsync(client.AuthorizeUrl(("prompt", "none")), Ct);
        Assert.Equal("consent_required", refused.RedirectParameters["error"]);
        AssertLeads(address, refused);

        using var stranger = Issuer.CreateBrowser();
        AssertPolicy(await stranger.GoAsync(client.AuthorizeUrl(), Ct));

        var signedOut = await login.Browser.GoAsync(
            $"/connect/logout?id_token_hint={tokens.IdToken}&post_logout_redirect_uri={Uri.EscapeDataString(address)}&state=s", Ct);
        AssertLeads(address, signedOut);
    }

    /// <summary>To that very place: upper case in the host, the default port and dot segments fall away on each side.</summary>
    private static void AssertLeads(string address, Page page)
    {
        var (configured, location) = (new Uri(address), new Uri(Assert.Single(page.Response.Headers.NonValidated["Location"])));

        Assert.Equal(configured.GetLeftPart(UriPartial.Path), location.GetLeftPart(UriPartial.Path));
        Assert.StartsWith(configured.Query.TrimStart('?'), location.Query.TrimStart('?'), StringComparison.Ordinal);
    }

    /// <summary>One directive for each, whatever stands in the address.</summary>
    private static void AssertPolicy(Page page)
    {
        var directives = Assert.Single(page.Response.Headers.NonValidated["Content-Security-Policy"]).Split("; ")
            .Select(directive => directive.Split(' ')).ToDictionary(words => words[0]);

        Assert.Empty(
            directives.Keys.Except(["default-src", "script-src", "style-src", "img-src", "form-action", "frame-ancestors", "base-uri"]));
        Assert.All(directives["form-action"].Skip(1),
            source => Assert.Matches(@"\A('self'|https?:(//[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~/-]*)?)?)\z", source));
    }
}

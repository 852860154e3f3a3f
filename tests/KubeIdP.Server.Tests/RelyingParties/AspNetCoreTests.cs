using System.Net;
using System.Security.Claims;
using KubeIdP.Cli.Terminal;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Issuers;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace KubeIdP.Server.Tests.RelyingParties;

/// <summary>
/// ASP.NET Core's own OpenID Connect handler as its documentation sets it up, with all that it does by default: form_post, PKCE, nonce, its
/// own parameters.
/// </summary>
public sealed class AspNetCoreTests(AspNetCoreTests.IssuerForIt running) : ProtocolTests(running),
    IClassFixture<AspNetCoreTests.IssuerForIt>
{
    private const string App = "https://app.example.test";

    public sealed class IssuerForIt : IssuerOnSqlite
    {
        protected override Settings Change(Settings settings) => settings with
        {
            Clients = new Dictionary<string, ClientOptions>(settings.Clients)
            {
                ["dotnet"] = new()
                {
                    Kind = ClientKind.Web, Name = "The application", SecretHash = ClientSecret.HashOf(InMemoryIssuer.WebSecret),
                    RedirectUris = [$"{App}/signin-oidc"], PostLogoutRedirectUris = [$"{App}/signout-callback-oidc"],
                },
            },
        };
    }

    [Fact]
    public async Task Its_handler_signs_somebody_in_and_out_at_its_defaults()
    {
        await using var app = await StartAsync();
        var account = await AddAccountAsync("platform");
        using var hosts = new ByHost(Issuer.CreateHandler(), app.GetTestServer().CreateHandler());
        using var browser = new BrowserClient(hosts, new Uri(App), Clock) { StopAt = _ => false };

        var page = await account.SignInAsync(browser, new Uri($"{App}/who"), Ct);
        Assert.Equal(($"{App}/who", HttpStatusCode.OK), ($"{page.Url}", page.Status));
        Assert.Equal($"{account.Username} of platform", page.Content);

        page = await browser.GoAsync($"{App}/sign-out", Ct);
        Assert.Equal(($"{App}/", HttpStatusCode.OK), ($"{page.Url}", page.Status));
        page = await browser.GoAsync($"{App}/who", Ct);

        Assert.True(page.HasField("Password"), page.ToString());
        Assert.Empty(browser.Cookies.Refused);
    }

    [Fact]
    public async Task A_refused_login_reaches_the_handler()
    {
        await using var app = await StartAsync(options => options.Prompt = "none");
        using var hosts = new ByHost(Issuer.CreateHandler(), app.GetTestServer().CreateHandler());
        using var browser = new BrowserClient(hosts, new Uri(App), Clock) { StopAt = _ => false };

        var page = await (await browser.GoAsync($"{App}/who", Ct)).PressAsync("Continue", Ct);

        Assert.Contains("login_required", page.Content, StringComparison.Ordinal);
    }

    private async Task<WebApplication> StartAsync(Action<OpenIdConnectOptions>? change = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        builder.Services.AddAuthorization();
        builder.Services.AddAuthentication(options =>
        {
            options.DefaultScheme = CookieAuthenticationDefaults.AuthenticationScheme;
            options.DefaultChallengeScheme = OpenIdConnectDefaults.AuthenticationScheme;
        }).AddCookie().AddOpenIdConnect(options =>
        {
            options.Authority = Issuer.Issuer.GetLeftPart(UriPartial.Authority);
            (options.ClientId, options.ClientSecret) = ("dotnet", InMemoryIssuer.WebSecret);
            options.BackchannelHttpHandler = Issuer.CreateHandler();

            // Its default asks for an ID token from the authorization endpoint (RFC 9700 §2.1.2), and every guide changes that.
            options.ResponseType = "code";
            options.MapInboundClaims = false;
            options.Scope.Add("groups");

            // By it the handler says whose session ends when somebody signs out.
            options.SaveTokens = true;
            options.Events.OnRemoteFailure = async context =>
            {
                await context.Response.WriteAsync($"{context.Failure!.Message}");
                context.HandleResponse();
            };
            change?.Invoke(options);
        });

        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/", () => "home");
        app.MapGet("/who", (ClaimsPrincipal user) => $"{user.FindFirstValue("preferred_username")} of {user.FindFirstValue("groups")}")
            .RequireAuthorization();
        app.MapGet("/sign-out", () => Results.SignOut(
            new AuthenticationProperties { RedirectUri = "/" },
            [CookieAuthenticationDefaults.AuthenticationScheme, OpenIdConnectDefaults.AuthenticationScheme]));
        await app.StartAsync(Ct);
        return app;
    }

    /// <summary>The two hosts of this small internet.</summary>
    private sealed class ByHost(HttpMessageHandler issuer, HttpMessageHandler app) : HttpMessageHandler
    {
        private readonly HttpMessageInvoker toIssuer = new(issuer), toApp = new(app);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            (request.RequestUri!.Host == new Uri(App).Host ? toApp : toIssuer).SendAsync(request, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            toIssuer.Dispose();
            toApp.Dispose();
            base.Dispose(disposing);
        }
    }
}

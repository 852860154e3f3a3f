using System.Text.Json;
using KubeIdP.Server.Tests.Browsers;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Xunit;

namespace KubeIdP.Server.Tests.RelyingParties;

/// <summary>
/// oidc-client-ts (npm) as an application in the browser, in Chromium against the real server: every answer that it reads, the browser has
/// let through because of the server's CORS headers.
/// </summary>
public sealed class OidcClientTsTests(Chromium chromium, OidcClientTsTests.Package package) : IClassFixture<OidcClientTsTests.Package>
{
    /// <summary>The shortest that can be configured, because the test waits for it.</summary>
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromSeconds(10);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_signs_in_reads_userinfo_refreshes_past_an_expiry_revokes_and_signs_out()
    {
        await using var site = await package.ServeAsync(Ct);
        await using var issuer = await StartIssuerAsync(site);
        var account = await issuer.AddAccountAsync("alice", Ct, "platform", "dev");
        await using var context = await chromium.NewContextAsync(ignoreHttpsErrors: true);
        var page = await context.NewPageAsync();
        var complaints = Complaints.Of(page);

        await page.GotoAsync($"{site.Origin}/{SettingsOf(issuer)}");
        await PressAsync(page, "signIn");
        await page.SignInFirstAsync(account, Ct);
        await page.WaitForURLAsync($"{site.Origin}/callback?*");
        var first = await AskAsync(page, "finish()");
        Assert.Equal("alice", first.GetProperty("profile").GetProperty("preferred_username").GetString());
        Assert.Equal("alice@example.com", first.GetProperty("profile").GetProperty("email").GetString());
        Assert.Equal(["platform", "dev"],
            first.GetProperty("profile").GetProperty("groups").EnumerateArray().Select(group => group.GetString()));

        await Task.Delay(TokenLifetime + TimeSpan.FromSeconds(1), Ct);
        Assert.True((await AskAsync(page, "user()")).GetProperty("expired").GetBoolean());
        var late = await RequestAsync(page, $"{issuer.Issuer}connect/userinfo", "GET", token: Text(first, "accessToken"));
        var second = await AskAsync(page, "refresh()");
        Assert.False(second.GetProperty("expired").GetBoolean());
        Assert.NotEqual(Text(first, "accessToken"), Text(second, "accessToken"));
        Assert.NotEqual(Text(first, "refreshToken"), Text(second, "refreshToken"));
        var userInfo = await RequestAsync(page, $"{issuer.Issuer}connect/userinfo", "GET", token: Text(second, "accessToken"));
        Assert.Equal(401, late.GetProperty("status").GetInt32());
        Assert.Contains("invalid_token", Text(late, "challenge"), StringComparison.Ordinal);
        Assert.Equal(200, userInfo.GetProperty("status").GetInt32());

        await AskAsync(page, "revoke()");
        var refused = await RequestAsync(page, $"{issuer.Issuer}connect/token", "POST",
            $"grant_type=refresh_token&client_id=app&refresh_token={Uri.EscapeDataString(Text(second, "refreshToken"))}");
        Assert.Equal(400, refused.GetProperty("status").GetInt32());
        Assert.Contains("invalid_grant", Text(refused, "text"), StringComparison.Ordinal);

        await PressAsync(page, "signOut");
        await page.WaitForURLAsync($"{site.Origin}/signed-out*");
        Assert.True(await page.EvaluateAsync<bool>("application.finishSignOut()"));
        await PressAsync(page, "signIn");
        await page.GetByLabel("Password").WaitForAsync();

        // The two refusals that the test asked for, which Chromium also writes to its console.
        Assert.All(complaints, complaint => Assert.Matches("status of (400|401)", complaint));
        Assert.Equal(2, complaints.Count);
    }

    [Fact]
    public async Task A_page_of_any_other_origin_can_read_nothing()
    {
        await using var site = await package.ServeAsync(Ct);
        await using var other = await package.ServeAsync(Ct);
        await using var issuer = await StartIssuerAsync(site);
        await using var context = await chromium.NewContextAsync(ignoreHttpsErrors: true);
        var page = await context.NewPageAsync();
        (string Path, string Method, string? Form)[] requests =
        [
            (".well-known/openid-configuration", "GET", null), (".well-known/oauth-authorization-server", "GET", null),
            (".well-known/jwks", "GET", null), ("connect/userinfo", "GET", null),
            ("connect/token", "POST", "grant_type=refresh_token&client_id=app&refresh_token=x"),
            ("connect/revoke", "POST", "client_id=app&token=x"),
        ];

        // By another port, and by another name of the same machine.
        string[] strangers = [other.Origin, site.Origin.Replace("localhost", "127.0.0.1", StringComparison.Ordinal)];
        foreach (var origin in strangers)
        {
            await page.GotoAsync($"{origin}/{SettingsOf(issuer)}");
            foreach (var (path, method, form) in requests)
            {
                var answer = await RequestAsync(page, $"{issuer.Issuer}{path}", method, form, token: path.EndsWith("userinfo",
                    StringComparison.Ordinal) ? "x" : null);
                Assert.Equal((path, "blocked"), (path, Text(answer, "text")));
            }

            var blocked = await Assert.ThrowsAsync<PlaywrightException>(() => page.EvaluateAsync("application.signIn()"));
            Assert.Contains("Failed to fetch", blocked.Message, StringComparison.Ordinal);
        }

        // The same requests from the registered origin, so that what is asked is not what is refused.
        await page.GotoAsync($"{site.Origin}/{SettingsOf(issuer)}");
        foreach (var (path, method, form) in requests)
        {
            var answer = await RequestAsync(page, $"{issuer.Issuer}{path}", method, form, token: path.EndsWith("userinfo",
                StringComparison.Ordinal) ? "x" : null);
            Assert.NotEqual((path, "blocked"), (path, Text(answer, "text")));
        }
    }

    private static async Task<IssuerProcess> StartIssuerAsync(Site site)
    {
        var issuer = new IssuerProcess($"""
            issuer: https://localhost:{Ports.Free()}
            tokens:
              idTokenLifetime: {TokenLifetime:c}
            clients:
              app:
                kind: spa
                redirectUris: ["{site.Origin}/callback"]
                postLogoutRedirectUris: ["{site.Origin}/signed-out"]
            """);
        await issuer.StartAsync(Ct);
        return issuer;
    }

    private static string SettingsOf(IssuerProcess issuer) =>
        $"#authority={Uri.EscapeDataString(issuer.Issuer.GetLeftPart(UriPartial.Authority))}&client_id=app";

    // Not waited for: it leaves the page.
    private static Task<JsonElement?> PressAsync(IPage page, string button) => page.EvaluateAsync($"void application.{button}()");

    private static async Task<JsonElement> AskAsync(IPage page, string call) =>
        await page.EvaluateAsync<JsonElement?>($"(async () => (await application.{call}) ?? null)()") ?? default;

    private static async Task<JsonElement> RequestAsync(IPage page, string url, string method, string? form = null, string? token = null) =>
        (await page.EvaluateAsync<JsonElement?>("([url, method, form, token]) => application.request(url, method, form, token)",
            new[] { url, method, form, token }))!.Value;

    private static string Text(JsonElement answer, string name) => answer.GetProperty(name).GetString()!;

    /// <summary>The application with its packages, as the lock file names them.</summary>
    public sealed class Package : IAsyncLifetime
    {
        private readonly NpmFolder folder = new("oidc-client-ts");

        public async ValueTask InitializeAsync() => await folder.InstallAsync();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        public async Task<Site> ServeAsync(CancellationToken ct)
        {
            var port = Ports.Free();
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls($"http://localhost:{port}");
            var app = builder.Build();
            app.MapGet("/oidc-client-ts.min.js", () => Results.File(
                Path.Combine(folder.Path, "node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js"), "text/javascript"));
            app.MapGet("/application.js", () => Results.File(Path.Combine(folder.Path, "application.js"), "text/javascript"));
            app.MapFallback(() => Results.File(Path.Combine(folder.Path, "index.html"), "text/html"));
            await app.StartAsync(ct);
            return new Site(app, $"http://localhost:{port}");
        }
    }

    /// <summary>A web server that serves the application at every address.</summary>
    public sealed class Site(WebApplication app, string origin) : IAsyncDisposable
    {
        public string Origin => origin;

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}

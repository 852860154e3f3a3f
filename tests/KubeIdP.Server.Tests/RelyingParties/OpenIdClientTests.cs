using System.Diagnostics;
using System.Text.Json;
using KubeIdP.Cli.Terminal;
using KubeIdP.Server.Clients;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.RelyingParties;

/// <summary>
/// openid-client (npm), certified as a relying party, in Node against the real server. The script beside this file is the program; this
/// class is the person at its browser.
/// </summary>
public sealed class OpenIdClientTests(OpenIdClientTests.Package package) : IClassFixture<OpenIdClientTests.Package>
{
    private const string DesktopRedirectUri = "http://localhost:8000/callback";
    private const string WebRedirectUri = "https://app.example.test/callback";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public Task Openid_client_gets_through_as_a_native_program() =>
        GetThroughAsync("desktop", DesktopRedirectUri, "http://localhost:8000/signed-out", secret: null);

    [Fact]
    public Task Openid_client_gets_through_as_a_web_application_with_client_secret_basic() =>
        GetThroughAsync("web", WebRedirectUri, "https://app.example.test/signed-out", ClientSecret.Create());

    private async Task GetThroughAsync(string clientId, string redirectUri, string signedOutUri, (string Plain, string Hash)? secret)
    {
        await using var issuer = new IssuerProcess($"""
            issuer: https://localhost:{Ports.Free()}
            {(secret is null ? "clusters" : "clients")}:
              {clientId}:
                {(secret is null ? "" : "kind: web")}
                redirectUris: ["{redirectUri}"]
                postLogoutRedirectUris: ["{signedOutUri}"]
                {(secret is null ? "" : $"secretHash: {secret.Value.Hash}")}
            """);
        await issuer.StartAsync(Ct);
        var account = await issuer.AddAccountAsync("alice", Ct, "platform", "dev");
        using var browser = issuer.CreateBrowser();
        browser.StopAt = url =>
            url.ToString().StartsWith(redirectUri, StringComparison.Ordinal)
                || url.ToString().StartsWith(signedOutUri, StringComparison.Ordinal);

        using var program = package.Start(new Dictionary<string, string?>
        {
            ["ISSUER"] = issuer.Issuer.GetLeftPart(UriPartial.Authority), ["CLIENT_ID"] = clientId, ["CLIENT_SECRET"] = secret?.Plain,
            ["REDIRECT_URI"] = redirectUri, ["SIGNED_OUT_URI"] = signedOutUri, ["NODE_EXTRA_CA_CERTS"] = issuer.CaFile,
        });
        await program.BrowseAsync(account, browser, Ct);
        var first = await program.ReadAsync(Ct);
        await program.BrowseAsync(account, browser, Ct);
        var second = await program.ReadAsync(Ct);
        await program.BrowseAsync(account, browser, Ct);
        var last = await program.ReadAsync(Ct);

        Assert.Equal("alice", first.GetProperty("first").GetProperty("preferred_username").GetString());
        Assert.Equal(["platform", "dev"],
            first.GetProperty("first").GetProperty("groups").EnumerateArray().Select(group => group.GetString()));
        Assert.True(first.GetProperty("refreshable").GetBoolean());
        Assert.Equal("invalid_grant", first.GetProperty("codeAgain").GetProperty("error").GetString());
        Assert.Equal(first.GetProperty("first").GetProperty("sub").GetString(),
            second.GetProperty("refreshed").GetProperty("sub").GetString());
        Assert.Equal("alice@example.com", second.GetProperty("userInfo").GetProperty("email").GetString());
        Assert.Equal("invalid_grant", last.GetProperty("afterRevocation").GetProperty("error").GetString());
        Assert.Equal($"{signedOutUri}?state=leaving", last.GetProperty("signedOut").GetString());
    }

    /// <summary>The script with its packages, as the lock file names them.</summary>
    public sealed class Package : IAsyncLifetime
    {
        private readonly NpmFolder folder = new("openid-client");

        public async ValueTask InitializeAsync() => await folder.InstallAsync();

        public Program Start(IReadOnlyDictionary<string, string?> environment) =>
            new(Run("relying-party.mjs", environment));

        public Process Run(string script, IReadOnlyDictionary<string, string?> environment) =>
            folder.Start("node", [script], environment);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>The running script: it writes JSON lines, and reads where its browser ended.</summary>
    public sealed class Program(Process process) : IDisposable
    {
        private readonly Task<string> errors = process.StandardError.ReadToEndAsync();

        public async Task<JsonElement> ReadAsync(CancellationToken ct)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(TimeSpan.FromSeconds(60));
            return await process.StandardOutput.ReadLineAsync(limit.Token) is { } line
                ? JsonDocument.Parse(line).RootElement
                : throw new InvalidOperationException($"The script ended:\n{await errors}");
        }

        /// <summary>Sends the browser where the script wants it, through the pages, and tells the script where it ended.</summary>
        public async Task BrowseAsync(Account account, BrowserClient browser, CancellationToken ct)
        {
            var request = await ReadAsync(ct);
            var page = await account.SignInAsync(browser, new Uri(request.GetProperty("browse").GetString()!), ct);
            await process.StandardInput.WriteLineAsync(
                (page.Redirect ?? throw new InvalidOperationException($"The browser ended at {page}")).AbsoluteUri);
        }

        public void Dispose()
        {
            if (!process.HasExited) process.Kill();
            process.Dispose();
        }
    }
}

using System.Diagnostics;
using System.Text.Json;
using KubeIdP.Cli.Terminal;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Tests.Api;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.RelyingParties;

/// <summary>
/// openid-client (npm) as a resource server, in Node against the real server: what it learns about the access token of somebody else's
/// client, by the secret of a web application and by the key of a service.
/// </summary>
public sealed class ResourceServerTests(OpenIdClientTests.Package package) : IClassFixture<OpenIdClientTests.Package>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("wiki")]
    [InlineData("records")]
    public async Task It_asks_who_uses_a_token_until_the_session_ends(string name)
    {
        using var key = new ServiceKey();
        var (secret, hash) = ClientSecret.Create();
        await using var issuer = new IssuerProcess($$"""
            issuer: https://localhost:{{Ports.Free()}}
            clients:
              cli:
                kind: native
                redirectUris: ["http://localhost:8000"]
                resourceServers: [wiki, records]
              wiki:
                kind: web
                redirectUris: ["https://wiki.example.test/callback"]
                secretHash: {{hash}}
              records:
                kind: service
                keysFile: records.pem
              stranger:
                kind: service
                keysFile: records.pem
                scopes: [clusters:read]
            """);
        await File.WriteAllTextAsync(Path.Combine(issuer.Folder, "records.pem"), key.PublicPem, Ct);
        await issuer.StartAsync(Ct);
        var account = await issuer.AddAccountAsync("alice", Ct, "platform");
        using var browser = issuer.CreateBrowser();
        using var cli = issuer.CreateClient("cli");
        var tokens = await cli.LogInAsync(browser, account, Ct, ("scope", "openid profile groups offline_access"));
        using var server = new Asking(Start(issuer, name, name is "wiki" ? secret : null, key));
        using var stranger = new Asking(Start(issuer, "stranger", secret: null, key));

        var about = await server.AskAsync(tokens.AccessToken, Ct);
        var toStranger = await stranger.AskAsync(tokens.AccessToken, Ct);
        using var revoked = await cli.PostAsync("connect/revoke", Ct, ("token", tokens.RefreshToken));
        var after = await server.AskAsync(tokens.AccessToken, Ct);

        Assert.True(about.GetProperty("active").GetBoolean());
        Assert.Equal(("alice", tokens.Claims.GetProperty("sub").GetString()),
            (about.GetProperty("username").GetString(), about.GetProperty("sub").GetString()));
        Assert.Equal(["platform"], about.GetProperty("groups").EnumerateArray().Select(group => group.GetString()));
        Assert.Equal("""{"active":false}""", toStranger.GetRawText());
        Assert.Equal("""{"active":false}""", after.GetRawText());
    }

    private Process Start(IssuerProcess issuer, string name, string? secret, ServiceKey key) =>
        package.Run("resource-server.mjs", new Dictionary<string, string?>
        {
            ["ISSUER"] = issuer.Issuer.GetLeftPart(UriPartial.Authority), ["CLIENT_ID"] = name, ["CLIENT_SECRET"] = secret,
            ["PRIVATE_KEY"] = key.PrivatePem, ["NODE_EXTRA_CA_CERTS"] = issuer.CaFile,
        });

    /// <summary>The running script: a token on each line in, an answer on each line out.</summary>
    private sealed class Asking(Process process) : IDisposable
    {
        private readonly Task<string> errors = process.StandardError.ReadToEndAsync();

        public async Task<JsonElement> AskAsync(string token, CancellationToken ct)
        {
            await process.StandardInput.WriteLineAsync(token);
            return await process.StandardOutput.ReadLineAsync(ct).AsTask().WaitAsync(TimeSpan.FromSeconds(60), ct) is { } line
                ? JsonDocument.Parse(line).RootElement
                : throw new InvalidOperationException($"The script ended:\n{await errors}");
        }

        public void Dispose()
        {
            if (!process.HasExited) process.Kill();
            process.Dispose();
        }
    }
}

using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Protocol;

/// <summary>A replica has no state of its own: another one can continue what it began, and so can the same one after a restart.</summary>
public abstract class RestartTests(RunningIssuer running) : ProtocolTests(running)
{
    [Fact]
    public async Task A_restart_before_every_single_request_loses_nothing()
    {
        var account = await AddAccountAsync("platform");
        using var restarting = new RestartingHandler(Running);
        using var browser = new BrowserClient(restarting, Issuer.Issuer, Clock);
        using var client = new RelyingParty(restarting, Issuer.Issuer);

        var tokens = await client.LogInAsync(browser, account, Ct);
        var refreshed = (await client.RefreshAsync(tokens.RefreshToken!, Ct)).Succeeded();
        using var userInfo = await client.UserInfoAsync(refreshed.AccessToken, Ct);
        var inSession = await client.SignInAsync(browser, account, Ct);

        Assert.True(userInfo.IsSuccessStatusCode);
        Assert.NotEmpty(inSession);
        Assert.True(restarting.Restarts > 8);
    }

    [Fact]
    public async Task All_replicas_publish_the_same_keys_and_the_same_discovery()
    {
        using var other = (await Running.StartAnotherAsync(Ct)).CreateClient();

        foreach (var path in new[] { ".well-known/jwks", ".well-known/openid-configuration" })
            Assert.Equal((await Kubectl.GetJsonAsync(path, Ct)).GetRawText(), (await other.GetJsonAsync(path, Ct)).GetRawText());
    }

    private sealed class RestartingHandler(RunningIssuer running) : HttpMessageHandler
    {
        public int Restarts { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Restarts++;
            var fresh = await running.StartAnotherAsync(cancellationToken);
            using var invoker = new HttpMessageInvoker(fresh.CreateHandler());
            var response = await invoker.SendAsync(request, cancellationToken);
            await response.Content.LoadIntoBufferAsync(cancellationToken);
            return response;
        }
    }
}

public sealed class RestartOnSqlite(IssuerOnSqlite running) : RestartTests(running), IClassFixture<IssuerOnSqlite>;

public sealed class RestartOnPostgres(IssuerOnPostgres running) : RestartTests(running), IClassFixture<IssuerOnPostgres>;

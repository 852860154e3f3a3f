using System.Net;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Protocol;

/// <summary>A database that goes away costs time and nobody's session.</summary>
public sealed class OutageTests(OutageTests.IssuerOnItsOwnServer running) : ProtocolTests(running),
    IClassFixture<OutageTests.IssuerOnItsOwnServer>
{
    public sealed class IssuerOnItsOwnServer : IssuerOnPostgres
    {
        public PostgresServer Server { get; private set; } = null!;

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            if (Server is not null) await Server.DisposeAsync();
        }

        protected override async Task<TestDatabase> CreateDatabaseAsync()
        {
            Server = await PostgresServer.StartNewAsync(CancellationToken.None);
            return await TestDatabase.PostgresAsync(Clock, Server);
        }
    }

    [Fact]
    public async Task Without_its_database_the_issuer_says_later_and_works_again_afterwards()
    {
        var login = await LogInAsync();
        var server = ((IssuerOnItsOwnServer)Running).Server;

        await server.StopAsync(Ct);
        using var refused = await Kubectl.PostAsync("connect/token", Ct, ("grant_type", "refresh_token"),
            ("refresh_token", login.Tokens.RefreshToken));
        var answer = await TokenAnswer.ReadAsync(refused, Ct);
        var page = await login.Browser.GoAsync(Kubectl.AuthorizeUrl(), Ct);
        login.Browser.StopAt = null;
        var silent = await login.Browser.GoAsync(Web.AuthorizeUrl(("prompt", "none")), Ct);
        using var discovery = await SendAsync(new(HttpMethod.Get, "/.well-known/openid-configuration"));
        using var keys = await SendAsync(new(HttpMethod.Get, "/.well-known/jwks"));
        await server.StartAsync(Ct);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "temporarily_unavailable"), (refused.StatusCode, answer.Error));
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Contains("reference", answer.ErrorDescription, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);
        Assert.Equal("temporarily_unavailable", silent.RedirectParameters["error"]);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (discovery.StatusCode, keys.StatusCode));
        Assert.True((await PersistAsync(() => Kubectl.RefreshAsync(login.Tokens.RefreshToken!, Ct))).IsSuccess);
    }

    // A pool may hold a few connections that it does not know to be broken; each costs one more 503 and never anything else.
    private static async Task<TokenAnswer> PersistAsync(Func<Task<TokenAnswer>> ask)
    {
        for (var i = 0; ; i++)
        {
            var answer = await ask();
            if (answer.Status != HttpStatusCode.ServiceUnavailable || i == 20) return answer;
            await Task.Delay(100, Ct);
        }
    }
}

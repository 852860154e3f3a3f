using System.Buffers.Text;
using System.Net;
using System.Text.Json;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Protocol;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Tokens;

/// <summary>One login of the program kubeidp serves every cluster that its person may use (RFC 8693).</summary>
public abstract class TokenExchangeTests(RunningIssuer running) : ProtocolTests(running)
{
    private const string AccessToken = "urn:ietf:params:oauth:token-type:access_token";
    private const string IdToken = "urn:ietf:params:oauth:token-type:id_token";

    private readonly RelyingParty program = running.Issuer.CreateClient("kubeidp", "http://127.0.0.1:43210");

    [Fact]
    public async Task One_login_gives_the_tokens_of_several_clusters_and_the_ordinary_refresh_goes_on()
    {
        var login = await LogInAsync(program, ("scope", "openid self offline_access"));

        var first = await ExchangeAsync(login.Tokens, "kubernetes");
        var second = await ExchangeAsync(login.Tokens, "kubernetes-es");

        Assert.Equal((IdToken, "N_A"), (Text(first, "issued_token_type"), Text(first, "token_type")));
        var claims = Payload(first.AccessToken);
        Assert.Equal("kubernetes", claims.GetProperty("aud").GetString());
        Assert.Equal(60, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
        foreach (var claim in new[] { "iss", "sub", "auth_time", "sid", "amr", "acr" })
            Assert.Equal(login.Tokens.Claims.GetProperty(claim).ToString(), claims.GetProperty(claim).ToString());
        Assert.Equal(["platform"], Strings(claims.GetProperty("groups")));
        Assert.Equal(login.Account.Username, claims.GetProperty("preferred_username").GetString());
        Assert.Equal("RS256", Header(first.AccessToken).GetProperty("alg").GetString());
        Assert.Equal("ES256", Header(second.AccessToken).GetProperty("alg").GetString());

        var refreshed = (await Kubectl.RefreshAsync(first.RefreshToken!, Ct)).Succeeded();
        Assert.Equal("kubernetes", refreshed.Claims.GetProperty("aud").GetString());
        Assert.Equal(2, refreshed.Generation);
        Assert.Equal("invalid_grant", (await program.RefreshAsync(second.RefreshToken!, Ct)).Error);
        Assert.Equal("invalid_grant", (await Kubectl.RefreshAsync(second.RefreshToken!, Ct)).Error);
    }

    // With the same claims an API server can't tell how the token was obtained, and RBAC must not either.
    [Fact]
    public async Task The_token_has_the_claims_of_a_login_at_the_cluster()
    {
        var direct = await LogInAsync(Kubectl);
        var login = (await program.LogInAsync(direct.Browser, direct.Account, Ct, ("scope", "openid self offline_access"),
            ("prompt", "login"))).Succeeded();

        var exchanged = Payload((await ExchangeAsync(login, "kubernetes")).AccessToken);

        Assert.Equal(
            direct.Tokens.Claims.EnumerateObject().Select(claim => claim.Name).Except(["nonce", "at_hash"]).Order(StringComparer.Ordinal),
            exchanged.EnumerateObject().Select(claim => claim.Name).Order(StringComparer.Ordinal));
        Assert.Equal("JWT", direct.Tokens.Header.GetProperty("typ").GetString());
    }

    [Fact]
    public async Task An_exchange_that_is_repeated_stays_one_grant_whose_older_token_is_the_previous_one()
    {
        var login = await LogInAsync(program, ("scope", "openid self offline_access"));
        var first = await ExchangeAsync(login.Tokens, "kubernetes");

        var again = await ExchangeAsync(login.Tokens, "kubernetes");

        Assert.Equal(GrantOf(first), GrantOf(again));
        Assert.Equal(2, (await GrantsOfAsync(login.Tokens)).Count);
        Assert.Single(await AuditAsync(AuditEventType.GrantOpened, login.Tokens, GrantOf(first)));
        Assert.True((await Kubectl.RefreshAsync(first.RefreshToken!, Ct)).IsSuccess);
        Assert.True((await Kubectl.RefreshAsync(again.RefreshToken!, Ct)).IsSuccess);
    }

    [Fact]
    public async Task Parallel_exchanges_of_one_login_open_one_grant()
    {
        var login = await LogInAsync(program, ("scope", "openid self offline_access"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => ExchangeAsync(login.Tokens, "kubernetes")));

        Assert.Single(answers.Select(GrantOf).Distinct());
        Assert.Equal(12, answers.Select(answer => Payload(answer.AccessToken).GetProperty("jti").GetString()).Distinct().Count());
        Assert.Equal(2, (await GrantsOfAsync(login.Tokens)).Count);
    }

    [Fact]
    public async Task Who_is_in_none_of_the_groups_of_a_cluster_gets_none_of_its_tokens_and_keeps_the_login()
    {
        var login = await LogInAsync(program, ("scope", "openid self offline_access"));

        var refused = await TryAsync(login.Tokens, "restricted");

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_target"), (refused.Status, refused.Error));
        Assert.Contains("only for members of local:wizards", refused.ErrorDescription, StringComparison.Ordinal);
        Assert.True((await ExchangeAsync(login.Tokens, "kubernetes")).IsSuccess);
    }

    [Theory]
    [InlineData("web")]
    [InlineData("nowhere")]
    [InlineData("kubeidp")]
    [InlineData(null)]
    public async Task A_target_that_is_no_cluster_is_refused(string? audience) =>
        Assert.Equal("invalid_target", (await TryAsync((await LogInAsync(program, ("scope", "openid self"))).Tokens, audience)).Error);

    [Fact]
    public async Task One_token_for_two_clusters_is_refused()
    {
        var login = await LogInAsync(program, ("scope", "openid self"));
        (string Name, string? Value)[] parameters =
            [.. Parameters(login.Tokens.AccessToken, "kubernetes"), ("client_id", "kubeidp"), ("audience", "kubernetes-es")];
        using var request = new HttpRequestMessage(HttpMethod.Post, "connect/token")
        {
            Content = new FormUrlEncodedContent(parameters.Select(pair => KeyValuePair.Create(pair.Name, pair.Value!))),
        };

        var answer = await TokenAnswer.ReadAsync(await SendAsync(request), Ct);

        Assert.Equal("invalid_request", answer.Error);
    }

    [Fact]
    public async Task Only_the_token_for_ones_own_API_can_be_exchanged()
    {
        var plain = await LogInAsync(program);
        var cluster = await LogInAsync(Kubectl);
        var self = await LogInAsync(program, ("scope", "openid self offline_access"));

        foreach (var (token, type) in new[]
                 {
                     (plain.Tokens.AccessToken, AccessToken), (cluster.Tokens.AccessToken, AccessToken), (self.Tokens.IdToken, AccessToken),
                     (self.Tokens.RefreshToken!, AccessToken), ("nonsense", AccessToken), (self.Tokens.IdToken, IdToken),
                     (self.Tokens.AccessToken, IdToken), (self.Tokens.RefreshToken!, "urn:ietf:params:oauth:token-type:refresh_token"),
                 })
        {
            var answer = await program.TokenAsync(Ct, [.. Parameters(token, "kubernetes"), ("subject_token_type", type)]);
            Assert.False(answer.IsSuccess);
            Assert.Contains(answer.Error, new[] { "invalid_request", "invalid_grant" });
        }
    }

    [Fact]
    public async Task No_other_client_may_exchange()
    {
        var login = await LogInAsync(program, ("scope", "openid self"));

        var cluster = await Kubectl.TokenAsync(Ct, Parameters(login.Tokens.AccessToken, "kubernetes"));
        var web = await Web.TokenAsync(Ct, Parameters(login.Tokens.AccessToken, "kubernetes"));

        Assert.Equal(("unauthorized_client", "unauthorized_client"), (cluster.Error, web.Error));
    }

    [Fact]
    public async Task What_is_issued_is_an_ID_token_and_nothing_else()
    {
        var login = await LogInAsync(program, ("scope", "openid self"));

        foreach (var type in new[] { AccessToken, "urn:ietf:params:oauth:token-type:refresh_token", "x" })
        {
            var answer = await program.TokenAsync(Ct,
                [.. Parameters(login.Tokens.AccessToken, "kubernetes"), ("requested_token_type", type)]);
            Assert.Equal("invalid_request", answer.Error);
        }

        Assert.Equal(IdToken, Text((await program.TokenAsync(Ct,
            [.. Parameters(login.Tokens.AccessToken, "kubernetes"), ("requested_token_type", null)])).Succeeded(), "issued_token_type"));
    }

    [Fact]
    public async Task An_old_token_can_not_be_exchanged()
    {
        var login = await LogInAsync(program, ("scope", "openid self"));
        Clock.Advance(TimeSpan.FromSeconds(301));

        Assert.False((await TryAsync(login.Tokens, "kubernetes")).IsSuccess);
    }

    [Fact]
    public async Task After_the_end_of_the_session_nothing_is_exchanged_or_refreshed()
    {
        var login = await LogInAsync(program, ("scope", "openid self offline_access"));
        var cluster = await ExchangeAsync(login.Tokens, "kubernetes");
        var session = new SessionId(login.Tokens.Claims.GetProperty("sid").GetString()!);
        await Issuer.Services.GetRequiredService<SessionStore>().EndAsync(session, Actor.CommandLine, GrantEnd.EndedByAdministrator, Ct);

        var exchanged = await TryAsync(login.Tokens, "kubernetes-es");
        var refreshed = await Kubectl.RefreshAsync(cluster.RefreshToken!, Ct);

        Assert.Equal(("invalid_grant", "invalid_grant"), (exchanged.Error, refreshed.Error));
        Assert.All(new[] { exchanged, refreshed }, answer =>
            Assert.StartsWith("An administrator ended this session at ", answer.ErrorDescription, StringComparison.Ordinal));
        Assert.All(await GrantsOfAsync(login.Tokens), grant => Assert.NotNull(grant.EndedAt));
    }

    // RFC 7009 §2.1: with the login everything ends that was obtained with it.
    [Fact]
    public async Task Revoking_the_login_ends_the_clusters_with_it_and_a_new_login_begins_anew()
    {
        var login = await LogInAsync(program, ("scope", "openid self offline_access"));
        var cluster = await ExchangeAsync(login.Tokens, "kubernetes");
        (await program.PostAsync("connect/revoke", Ct, ("token", login.Tokens.RefreshToken))).EnsureSuccessStatusCode();

        Assert.Equal("invalid_grant", (await Kubectl.RefreshAsync(cluster.RefreshToken!, Ct)).Error);
        Assert.Equal("invalid_grant", (await TryAsync(login.Tokens, "kubernetes")).Error);

        var next = await program.LogInAsync(login.Browser, login.Account, Ct, ("scope", "openid self"));
        Assert.NotEqual(GrantOf(cluster), GrantOf(await ExchangeAsync(next, "kubernetes")));
    }

    [Fact]
    public async Task A_replayed_token_of_a_cluster_ends_this_cluster_alone_and_the_login_opens_it_again()
    {
        var login = await LogInAsync(program, ("scope", "openid self offline_access"));
        var first = await ExchangeAsync(login.Tokens, "kubernetes");
        var other = await ExchangeAsync(login.Tokens, "kubernetes-es");
        var second = (await Kubectl.RefreshAsync(first.RefreshToken!, Ct)).Succeeded();
        (await Kubectl.RefreshAsync(second.RefreshToken!, Ct)).Succeeded();

        var replay = await Kubectl.RefreshAsync(first.RefreshToken!, Ct);
        var again = await ExchangeAsync(login.Tokens, "kubernetes");

        Assert.Equal("invalid_grant", replay.Error);
        Assert.NotEqual(GrantOf(first), GrantOf(again));
        using var elliptic = Issuer.CreateClient("kubernetes-es");
        Assert.True((await elliptic.RefreshAsync(other.RefreshToken!, Ct)).IsSuccess);
    }

    // Whoever copied the token of the login may have exchanged it: what came from it is in the wrong hands as well.
    [Fact]
    public async Task A_replayed_token_of_the_login_ends_the_clusters_with_it()
    {
        var login = await LogInAsync(program, ("scope", "openid self offline_access"));
        var second = (await program.RefreshAsync(login.Tokens.RefreshToken!, Ct)).Succeeded();
        var cluster = await ExchangeAsync(second, "kubernetes");
        (await program.RefreshAsync(second.RefreshToken!, Ct)).Succeeded();

        var replay = await program.RefreshAsync(login.Tokens.RefreshToken!, Ct);

        Assert.Equal("invalid_grant", replay.Error);
        Assert.Equal("invalid_grant", (await Kubectl.RefreshAsync(cluster.RefreshToken!, Ct)).Error);
        Assert.All(await GrantsOfAsync(login.Tokens), grant => Assert.Equal(GrantEnd.Replay, grant.EndedWhy));
    }

    // A relayed code resists no phishing: what a cluster does not take directly, it must not get by an exchange either.
    [Fact]
    public async Task A_login_by_device_code_serves_only_clusters_that_offer_device_codes_and_never_the_administration()
    {
        var account = await AddAccountAsync("platform");
        using var browser = Issuer.CreateBrowser();
        await account.SignInAsync(browser, new Uri(Issuer.Issuer, "/account"), Ct);
        var asked = await program.AskForDeviceAsync(Ct, ("scope", "openid self offline_access"));
        await browser.ApproveAsync(asked, Ct);
        Clock.Advance(TimeSpan.FromSeconds(6));
        var login = (await program.PollAsync(asked, Ct)).Succeeded();

        Assert.True((await ExchangeAsync(login, "kubernetes")).IsSuccess);
        var refused = await TryAsync(login, "kubernetes-es");
        using var administration = await program.PostAsync("connect/device", Ct, ("scope", "openid admin"));

        Assert.Equal("invalid_target", refused.Error);
        Assert.Contains("A device code can't be used for kubernetes-es", refused.ErrorDescription, StringComparison.Ordinal);
        Assert.Equal("invalid_scope", (await TokenAnswer.ReadAsync(administration, Ct)).Error);
    }

    // Twenty logins of one program in one session are the limit; what the surplus one was exchanged for goes with it.
    [Fact]
    public async Task A_login_that_is_superseded_takes_its_clusters_with_it()
    {
        var first = await LogInAsync(program, ("scope", "openid self offline_access"));
        var cluster = await ExchangeAsync(first.Tokens, "kubernetes");
        for (var more = 0; more < SessionStore.MaxLiveGrants; more++)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            first.Browser.StopAt = program.IsOurs;
            var page = await (await first.Browser.GoAsync(program.AuthorizeUrl(("scope", "openid self")), Ct)).PressAsync("Continue", Ct);
            (await program.RedeemAsync(RelyingParty.CodeOf(page), Ct)).Succeeded();
        }

        var over = await Kubectl.RefreshAsync(cluster.RefreshToken!, Ct);

        Assert.Equal("invalid_grant", over.Error);
        Assert.Contains("signed in too often", over.ErrorDescription, StringComparison.Ordinal);
    }

    // A token for the administration would otherwise lie on disk as long as the login.
    [Fact]
    public async Task The_scopes_of_the_two_APIs_are_not_given_together()
    {
        using var browser = Issuer.CreateBrowser();
        browser.StopAt = program.IsOurs;

        var page = await browser.GoAsync(program.AuthorizeUrl(("scope", "openid self admin")), Ct);

        Assert.Equal("invalid_scope", page.RedirectParameters["error"]);
    }

    private static (string Name, string? Value)[] Parameters(string token, string? audience) =>
    [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"), ("subject_token", token),
        ("subject_token_type", AccessToken), ("requested_token_type", IdToken), ("audience", audience),
    ];

    private Task<TokenAnswer> TryAsync(TokenAnswer login, string? audience) =>
        program.TokenAsync(Ct, Parameters(login.AccessToken, audience));

    private async Task<TokenAnswer> ExchangeAsync(TokenAnswer login, string audience) => (await TryAsync(login, audience)).Succeeded();

    private async Task<List<Grant>> GrantsOfAsync(TokenAnswer login)
    {
        var session = login.Claims.GetProperty("sid").GetString();
        await using var context = Database.CreateContext();
        return await context.Grants.AsNoTracking().Where(grant => grant.SessionId == session).ToListAsync(Ct);
    }

    private async Task<List<AuditEvent>> AuditAsync(string type, TokenAnswer tokens, string grant)
    {
        var session = tokens.Claims.GetProperty("sid").GetString();
        await using var context = Database.CreateContext();
        return await context.AuditEvents.AsNoTracking()
            .Where(entry => entry.Type == type && entry.SessionId == session && entry.GrantId == grant).ToListAsync(Ct);
    }

    private static string GrantOf(TokenAnswer exchanged) => Payload(exchanged.AccessToken).GetProperty("jti").GetString()!.Split('.')[0];

    private static string? Text(TokenAnswer answer, string name) => answer.Body.GetProperty(name).GetString();

    private static JsonElement Payload(string token) => Part(token, 1);

    private static JsonElement Header(string token) => Part(token, 0);

    private static JsonElement Part(string token, int part) =>
        JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[part])).RootElement;

    /// <summary>With a cluster that only some may use, and device codes for another.</summary>
    internal static Settings WithRestricted(Settings settings) => settings with
    {
        Cli = new() { DeviceCode = new() { Everybody = true } },
        Clusters = new Dictionary<string, ClusterOptions>(settings.Clusters)
        {
            ["kubernetes"] = settings.Clusters["kubernetes"] with { DeviceCode = new() { Everybody = true } },
            ["restricted"] = new() { RedirectUris = ["http://localhost:8000"], Access = new() { Groups = ["local:wizards"] } },
        },
    };
}

public sealed class ExchangingOnSqlite : IssuerOnSqlite
{
    protected override Settings Change(Settings settings) => TokenExchangeTests.WithRestricted(settings);
}

public sealed class ExchangingOnPostgres : IssuerOnPostgres
{
    protected override Settings Change(Settings settings) => TokenExchangeTests.WithRestricted(settings);
}

public sealed class TokenExchangeOnSqlite(ExchangingOnSqlite running) : TokenExchangeTests(running), IClassFixture<ExchangingOnSqlite>;

public sealed class TokenExchangeOnPostgres(ExchangingOnPostgres running) : TokenExchangeTests(running),
    IClassFixture<ExchangingOnPostgres>;

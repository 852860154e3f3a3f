using System.Buffers.Text;
using System.Net.Http.Json;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Server.Tests.Web;
using KubeIdP.Server.TokenReview;
using KubeIdP.Testing.Kubernetes;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.TokenReview;

public sealed class ReviewingIssuerOnSqlite : IssuerOnSqlite
{
    protected override Settings Change(Settings settings) => Reviewed.WithCredentials(settings);
}

public sealed class ReviewingIssuerOnPostgres : IssuerOnPostgres
{
    protected override Settings Change(Settings settings) => Reviewed.WithCredentials(settings);
}

/// <summary>The two clusters of the tests ask about each token.</summary>
internal static class Reviewed
{
    public const string Credential = "the-credential-of-the-API-server-of-kubernetes";
    public const string OtherCredential = "the-credential-of-the-API-server-of-kubernetes-es";

    public static Settings WithCredentials(Settings settings) => settings with
    {
        Clusters = settings.Clusters.ToDictionary(client => client.Key, client => client.Key switch
        {
            "kubernetes" => client.Value with { TokenReview = new() { SecretHash = ClientSecret.HashOf(Credential) } },
            "kubernetes-es" =>
                client.Value with { TokenReview = new() { SecretHash = ClientSecret.HashOf(OtherCredential),
                    ApiAudiences = ["https://oidc.example.test/es"] } },
            _ => client.Value,
        }),
    };
}

/// <summary>What an API server learns about a token, on either database.</summary>
public abstract class TokenReviewTests : ProtocolTests, IDisposable
{
    private readonly ReviewingApiServer apiServer;
    private readonly ReviewingApiServer otherApiServer;

    protected TokenReviewTests(RunningIssuer running)
        : base(running)
    {
        apiServer = ApiServer(Reviewed.Credential);
        otherApiServer = ApiServer(Reviewed.OtherCredential);
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        apiServer.Dispose();
        otherApiServer.Dispose();
    }

    [Theory]
    [InlineData(Reviewed.Credential, HttpStatusCode.OK)]
    [InlineData("another", HttpStatusCode.Unauthorized)]
    public async Task No_cache_may_store_an_answer(string credential, HttpStatusCode status)
    {
        var login = await LogInAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/k8s/token-review")
        {
            Headers = { { "Authorization", $"Bearer {credential}" } },
            Content = JsonContent.Create(
                new { apiVersion = "authentication.k8s.io/v1", kind = "TokenReview", spec = new { token = login.Tokens.IdToken } }),
        };

        using var answer = await SendAsync(request);

        Assert.Equal((status, "no-store"), (answer.StatusCode, $"{answer.Headers.CacheControl}"));
    }

    [Fact]
    public async Task A_valid_token_is_answered_with_its_person()
    {
        var login = await LogInAsync();

        var answer = await apiServer.ReviewAsync(login.Tokens.IdToken, Ct);

        var claims = login.Tokens.Claims;
        Assert.True(answer.Authenticated, answer.Text);
        Assert.Equal(("authentication.k8s.io/v1", "TokenReview"),
            (answer.Body.GetProperty("apiVersion").GetString(), answer.Body.GetProperty("kind").GetString()));
        Assert.False(answer.Body.TryGetProperty("spec", out _));
        Assert.Equal((login.Account.Username, Subject(login.Tokens)),
            (answer.User.GetProperty("username").GetString(), answer.User.GetProperty("uid").GetString()));
        Assert.Equal(["platform"], Strings(answer.User.GetProperty("groups")));
        Assert.Equal(["kubernetes"], answer.Audiences);
        var extra = answer.User.GetProperty("extra");
        Assert.Equal([$"JTI={claims.GetProperty("jti").GetString()}"],
            Strings(extra.GetProperty("authentication.kubernetes.io/credential-id")));
        Assert.Equal([claims.GetProperty("sid").GetString()!], Strings(extra.GetProperty("sid")));
        Assert.Equal(Strings(claims.GetProperty("amr")), Strings(extra.GetProperty("amr")));
        Assert.Equal([$"{claims.GetProperty("auth_time").GetInt64()}"], Strings(extra.GetProperty("auth_time")));
    }

    [Fact]
    public async Task The_older_version_gets_an_answer_of_its_own_kind()
    {
        var login = await LogInAsync();

        var answer =
            await apiServer.PostAsync(
                JsonContent.Create(
                    new { apiVersion = "authentication.k8s.io/v1beta1", kind = "TokenReview",
                        spec = new { token = login.Tokens.IdToken } }), Ct);

        Assert.True(answer.Authenticated, answer.Text);
        Assert.Equal("authentication.k8s.io/v1beta1", answer.Body.GetProperty("apiVersion").GetString());
    }

    [Fact]
    public async Task Only_ID_tokens_are_good()
    {
        var code = await NewCodeAsync(Kubectl);
        var login = await LogInAsync();

        foreach (var other in (string?[])[login.Tokens.AccessToken, login.Tokens.RefreshToken, code, "", "a.b.c", "\0", null])
        {
            var answer = await apiServer.ReviewAsync(other, Ct);

            Assert.Equal((HttpStatusCode.OK, """{"authenticated":false}"""),
                (answer.Status, answer.Body.GetProperty("status").GetRawText()));
        }
    }

    [Fact]
    public async Task No_text_of_a_review_is_a_fault_of_the_server()
    {
        foreach (var (text, _) in HostileTexts.All)
        {
            Assert.True((await apiServer.ReviewAsync(text, Ct)).IsRefusal);
            Assert.True((await apiServer.ReviewAsync("x", Ct, text)).IsRefusal);
            Assert.Equal(HttpStatusCode.BadRequest,
                (await apiServer.PostAsync(JsonContent.Create(new { apiVersion = text, kind = text, spec = new { token = "x" } }),
                    Ct)).Status);
        }

        using var half = new StringContent("""{"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview","spec":{"token":"\ud800"}}""",
            Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.BadRequest, (await apiServer.PostAsync(half, Ct)).Status);
    }

    [Fact]
    public async Task A_cluster_reviews_its_own_tokens_alone()
    {
        using var other = Issuer.CreateClient("kubernetes-es");
        var (mine, theirs) = ((await LogInAsync()).Tokens, (await LogInAsync(other)).Tokens);
        var web = (await LogInAsync(Web)).Tokens;

        Assert.True((await apiServer.ReviewAsync(mine.IdToken, Ct)).Authenticated);
        Assert.True((await otherApiServer.ReviewAsync(theirs.IdToken, Ct)).Authenticated);
        Assert.True((await apiServer.ReviewAsync(theirs.IdToken, Ct)).IsRefusal);
        Assert.True((await otherApiServer.ReviewAsync(mine.IdToken, Ct)).IsRefusal);
        Assert.True((await apiServer.ReviewAsync(web.IdToken, Ct)).IsRefusal);
    }

    [Theory]
    [InlineData(new[] { "https://kubernetes.default.svc.cluster.local" }, new[] { "https://kubernetes.default.svc.cluster.local" })]
    [InlineData(new[] { "vault", "kubernetes", "https://kubernetes.default.svc" },
        new[] { "kubernetes", "https://kubernetes.default.svc" })]
    [InlineData(new[] { "vault" }, null)]
    [InlineData(new[] { "kubernetes-es" }, null)]
    [InlineData(new[] { "Kubernetes" }, null)]
    public async Task The_asked_audiences_are_honoured(string[] asked, string[]? answered)
    {
        var answer = await apiServer.ReviewAsync((await LogInAsync()).Tokens.IdToken, Ct, asked);

        Assert.Equal(answered is not null, answer.Authenticated);
        if (answered is not null) Assert.Equal(answered, answer.Audiences);
    }

    [Fact]
    public async Task Nobody_else_may_ask()
    {
        var token = (await LogInAsync()).Tokens.IdToken;

        foreach (var credential in (string?[])[null, "wrong", token, InMemoryIssuerSecret, ClientSecret.HashOf(Reviewed.Credential)])
        {
            using var stranger = ApiServer(credential);
            Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.ReviewAsync(token, Ct)).Status);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, "/k8s/token-review") { Content = JsonContent.Create(new { }) };
        using var response = await SendAsync(request);
        Assert.Equal("Bearer", Assert.Single(response.Headers.WwwAuthenticate).Scheme);
    }

    [Fact]
    public async Task A_token_is_refused_from_the_second_in_which_it_expires()
    {
        var tokens = (await LogInAsync()).Tokens;
        Assert.True((await apiServer.ReviewAsync(tokens.IdToken, Ct)).Authenticated);

        Clock.Advance(DateTimeOffset.FromUnixTimeSeconds(tokens.Claims.GetProperty("exp").GetInt64()) - Clock.GetUtcNow());

        Assert.True((await apiServer.ReviewAsync(tokens.IdToken, Ct)).IsRefusal);
    }

    [Fact]
    public async Task A_forged_token_is_refused()
    {
        var tokens = (await LogInAsync()).Tokens;
        var (header, payload, signature) = (tokens.IdToken.Split('.')[0], tokens.IdToken.Split('.')[1], tokens.IdToken.Split('.')[2]);
        var keyId = tokens.Header.GetProperty("kid").GetString();
        var none = Encoded($$"""{"alg":"none","typ":"JWT","kid":"{{keyId}}"}""");
        var symmetric = Encoded($$"""{"alg":"HS256","typ":"JWT","kid":"{{keyId}}"}""");
        var publicKey = Issuer.Services.GetRequiredService<SigningKeys>().For(SigningAlgorithm.RS256).Key;
        var exported = ((Microsoft.IdentityModel.Tokens.RsaSecurityKey)publicKey).Rsa.ExportSubjectPublicKeyInfo();
        var richer = Encoded(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(payload))
            .Replace("platform", "admins", StringComparison.Ordinal));
        using var stranger = RSA.Create(2048);
        var foreign =
            Base64Url.EncodeToString(
                stranger.SignData(Encoding.ASCII.GetBytes($"{header}.{payload}"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

        var mac = Base64Url.EncodeToString(HMACSHA256.HashData(exported, Encoding.ASCII.GetBytes($"{symmetric}.{payload}")));
        foreach (var forged in (string[])[
            $"{header}.{richer}.{signature}", $"{header}.{payload}.", $"{none}.{payload}.", $"{none}.{payload}.{signature}",
            $"{header}.{payload}.{foreign}",
            $"{symmetric}.{payload}.{mac}"])
        {
            Assert.True((await apiServer.ReviewAsync(forged, Ct)).IsRefusal);
        }

        Assert.True((await apiServer.ReviewAsync(tokens.IdToken, Ct)).Authenticated);
    }

    [Fact]
    public async Task A_token_of_another_issuer_with_the_same_keys_is_refused()
    {
        var tokens = (await LogInAsync()).Tokens;
        var claims = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(tokens.IdToken.Split('.')[1]))
            .Replace("https://idp.example.test", "https://idp.example.test/", StringComparison.Ordinal);
        var key = Issuer.Services.GetRequiredService<SigningKeys>().For(SigningAlgorithm.RS256);

        var token = new Microsoft.IdentityModel.JsonWebTokens.JsonWebTokenHandler().CreateToken(claims, key);

        Assert.True((await apiServer.ReviewAsync(token, Ct)).IsRefusal);
    }

    [Theory]
    [InlineData("{", HttpStatusCode.BadRequest)]
    [InlineData("null", HttpStatusCode.BadRequest)]
    [InlineData("{}", HttpStatusCode.BadRequest)]
    [InlineData("""{"apiVersion":"authentication.k8s.io/v2","kind":"TokenReview","spec":{"token":"x"}}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"apiVersion":"authentication.k8s.io/v1","kind":"SubjectAccessReview","spec":{"token":"x"}}""",
        HttpStatusCode.BadRequest)]
    public async Task What_is_no_TokenReview_is_no_answer(string body, HttpStatusCode status)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        Assert.Equal(status, (await apiServer.PostAsync(content, Ct)).Status);
    }

    /// <summary>The ways in which something ends; the last is nobody's, as somebody might add one who knows nothing of reviews.</summary>
    public static TheoryData<string> Ways =>
        ["sign out", "end own", "administrator", "client", "replay", "disable", "factors reset", "statement"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Whatever_ends_a_session_is_known_a_second_later(string way)
    {
        var login = await LogInAsync();
        var tokens = login.Tokens;
        Assert.True((await apiServer.ReviewAsync(tokens.IdToken, Ct)).Authenticated);

        await EndAsync(way, login);
        Clock.Advance(RecentEndings.MaxAge + TimeSpan.FromMilliseconds(1));

        Assert.True((await apiServer.ReviewAsync(tokens.IdToken, Ct)).IsRefusal);
    }

    [Fact]
    public async Task Ending_one_grant_leaves_the_others_of_its_session()
    {
        var login = await LogInAsync();
        var second = await Kubectl.LogInAsync(login.Browser, login.Account, Ct);

        await EndAsync("client", login);
        Clock.Advance(RecentEndings.MaxAge + TimeSpan.FromMilliseconds(1));

        Assert.True((await apiServer.ReviewAsync(login.Tokens.IdToken, Ct)).IsRefusal);
        Assert.True((await apiServer.ReviewAsync(second.IdToken, Ct)).Authenticated);
    }

    [Fact]
    public async Task Reviews_ask_the_database_nothing()
    {
        const int reviews = 100;
        var token = (await LogInAsync()).Tokens.IdToken;
        var recent = Issuer.Services.GetRequiredService<RecentEndings>();
        while (recent.Current() is null) await Task.Delay(20, Ct);

        var statements = await Database.StatementsOfAsync(async () =>
        {
            for (var i = 0; i < reviews; i++) Assert.True((await apiServer.ReviewAsync(token, Ct)).Authenticated);
        }, Ct);

        // On a machine that stalls for more than a second a few may have had to ask.
        Assert.InRange(statements.Where(statement => statement.Key.Contains("s.id =", StringComparison.Ordinal))
            .Sum(statement => statement.Value), 0, reviews / 10);
    }

    [Fact]
    public async Task Neither_token_nor_credential_is_ever_logged()
    {
        var tokens = (await LogInAsync()).Tokens;
        using var stranger = ApiServer("the-guess-of-a-stranger");

        await apiServer.ReviewAsync(tokens.IdToken, Ct);
        await apiServer.ReviewAsync(tokens.IdToken + "x", Ct);
        await otherApiServer.ReviewAsync(tokens.IdToken, Ct);
        await stranger.ReviewAsync(tokens.IdToken, Ct);

        foreach (var secret in (string[])[tokens.IdToken, tokens.IdToken.Split('.')[1], Reviewed.Credential, "the-guess-of-a-stranger"])
            Assert.DoesNotContain(Issuer.Log.Lines, line => line.Contains(secret, StringComparison.Ordinal));
    }

    private const string InMemoryIssuerSecret = KubeIdP.Testing.Issuers.InMemoryIssuer.WebSecret;

    private ReviewingApiServer ApiServer(string? credential) => new(Issuer.CreateHandler(), Issuer.Issuer, credential);

    private static string Encoded(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private async Task EndAsync(string way, SignedIn login)
    {
        var (person, session) = (Subject(login.Tokens), login.Tokens.Claims.GetProperty("sid").GetString()!);
        switch (way)
        {
            case "sign out":
                await (await login.Browser.GoAsync("/logout", Ct)).PressAsync("Sign out", Ct);
                break;
            case "end own":
                Assert.True(await new OwnSessionStore(Database.Database, Database.AuditLog)
                    .EndAsync(new PersonId(person), new SessionId(session), new Actor(person), GrantEnd.EndedByPerson, Ct));
                break;
            case "administrator":
                Assert.True(await new SessionStore(Database.Database, Database.AuditLog)
                    .EndAsync(new SessionId(session), Actor.CommandLine, "test", Ct));
                break;
            case "client":
                using (await Kubectl.PostAsync("connect/revoke", Ct, ("token", login.Tokens.RefreshToken))) { }
                break;
            case "replay":
                for (var i = 0; i < 3; i++)
                    await new GrantStore(Database.Database, Database.AuditLog)
                        .RotateAsync(new GrantId(login.Tokens.GrantId), new ClientId("kubernetes"), i + 1);
                Assert.Equal(GrantVerdict.Replayed,
                    (await new GrantStore(Database.Database, Database.AuditLog)
                        .RotateAsync(new GrantId(login.Tokens.GrantId), new ClientId("kubernetes"), 1))!.Value.Verdict);
                break;
            case "disable":
                Assert.Equal(PersonChange.Done, await People().DisableAsync(new PersonId(person), Actor.CommandLine, Ct));
                break;
            case "factors reset":
                Assert.Equal(PersonChange.Done,
                    await People().ResetFactorsAsync(new PersonId(person), new OneTimeSecret([1], TimeSpan.FromHours(1)), Actor.CommandLine,
                        Ct));
                break;
            case "statement":
                Assert.Equal(1,
                    await ExecuteAsync($"UPDATE sessions SET ended_at = {Database.Database.Now} WHERE id = @id", ("id", session)));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(way));
        }
    }

    private PersonStore People() =>
        new(Database.Database, Database.AuditLog, new Administrators(Database.Database, [new UpstreamGroup(ConnectorId.Local, "admins")]));
}

public sealed class TokenReviewOnSqliteTests(ReviewingIssuerOnSqlite running) : TokenReviewTests(running),
    IClassFixture<ReviewingIssuerOnSqlite>;

public sealed class TokenReviewOnPostgresTests(ReviewingIssuerOnPostgres running) : TokenReviewTests(running),
    IClassFixture<ReviewingIssuerOnPostgres>;

using System.Security.Cryptography;
using KubeIdP.Core.Identifiers;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Clients;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace KubeIdP.Server.Tests.Api;

/// <summary>Who gets in, with what, and how far.</summary>
public abstract class ApiAccessTests(ClassIssuer shared, bool postgres) : ApiTests(shared, postgres)
{
    [Fact]
    public async Task A_service_may_what_its_scopes_say_and_nothing_else()
    {
        var (robot, watcher) = (await ServiceTokenAsync(), await ServiceTokenAsync("watcher"));

        (await GetAsync(robot, "/people")).Succeeded();
        (await GetAsync(watcher, "/sessions")).Succeeded();
        var refused = await GetAsync(watcher, "/people");

        Assert.Equal((403, "application/problem+json"), (refused.Status, refused.Type));
        Assert.Contains("insufficient_scope", refused.Challenge, StringComparison.Ordinal);
        Assert.NotEqual("", refused.Json.GetProperty("reference").GetString());
        Assert.Equal(403, (await PostAsync(watcher, "/sessions/some-id/end", new { reason = "why not" })).Status);

        var narrow =
            (await ProveAsync("robot", Key.Prove("robot", TokenEndpoint, Running.Clock.GetUtcNow()), ("scope", ApiScopes.AuditRead)))
                .Succeeded();
        Assert.Null(narrow.RefreshToken);
        (await GetAsync(narrow.AccessToken, "/audit")).Succeeded();
        Assert.Equal(403, (await GetAsync(narrow.AccessToken, "/sessions")).Status);
        Assert.Equal("invalid_scope",
            (await ProveAsync("watcher", Key.Prove("watcher", TokenEndpoint, Running.Clock.GetUtcNow()),
                ("scope", ApiScopes.PeopleWrite))).Error);
    }

    [Theory]
    [InlineData("\"exp\":1000000000000000000")]
    [InlineData("\"exp\":1e18")]
    [InlineData("\"iat\":1000000000000000000")]
    [InlineData("\"nbf\":-1000000000000000000")]
    [InlineData("\"exp\":\"soon\"")]
    [InlineData("\"nbf\":99999999999")]
    public async Task A_time_in_a_proof_that_is_none_or_has_not_come_is_refused(string claims)
    {
        var answer = await ProveAsync("robot", Key.ProveWith("robot", TokenEndpoint, Running.Clock.GetUtcNow(), claims));

        Assert.Equal("invalid_client", answer.Error);
    }

    // RFC 7515 §4.1.11.
    [Fact]
    public async Task A_proof_with_a_header_that_must_be_understood_is_refused()
    {
        var proof = Key.ProveWith("robot", TokenEndpoint, Running.Clock.GetUtcNow(), "\"x\":1", ("crit", new[] { "x" }), ("x", 1));

        Assert.Equal("invalid_client", (await ProveAsync("robot", proof)).Error);
    }

    // RFC 6749 §4.1.2.1.
    [Theory]
    [InlineData("admin")]
    [InlineData("sessions:read")]
    public async Task A_scope_of_the_API_is_refused_to_a_client_that_has_none(string scope)
    {
        using var browser = Running.CreateBrowser();
        using var client = Running.CreateClient();

        var page = await browser.GoAsync(client.AuthorizeUrl(("scope", $"openid {scope}")), Ct);

        Assert.Equal("invalid_scope", page.RedirectParameters["error"]);
    }

    [Fact]
    public async Task A_scope_that_was_removed_from_a_service_is_refused()
    {
        var token = await ServiceTokenAsync();
        await using var later = await StartAsync(settings => Configured(settings) with
        {
            Clients = new Dictionary<string, ClientOptions>(
                Configured(settings).Clients) { ["robot"] = Configured(settings).Clients["robot"] with { Scopes = [ApiScopes.AuditRead] } },
        });
        await using var without = await StartAsync(settings => settings);

        Assert.Equal(200, (await CallAsync(token, HttpMethod.Get, "/audit", at: later)).Status);
        Assert.Equal(403, (await CallAsync(token, HttpMethod.Get, "/people", at: later)).Status);
        Assert.Equal(401, (await CallAsync(token, HttpMethod.Get, "/audit", at: without)).Status);
    }

    [Theory]
    [InlineData("JWT", Issuer)]
    [InlineData("JWT", TokenEndpoint)]
    [InlineData("client-authentication+jwt", Issuer)]
    [InlineData("client-authentication+jwt", TokenEndpoint)]
    [InlineData(null, TokenEndpoint)]
    public async Task Proofs_are_taken_in_the_forms_that_libraries_write(string? type, string audience) =>
        (await ProveAsync("robot", Key.Prove("robot", audience, Running.Clock.GetUtcNow(), type))).Succeeded();

    [Fact]
    public async Task A_proof_counts_once_also_when_it_comes_twenty_times_at_once()
    {
        var proof = Key.Prove("robot", TokenEndpoint, Running.Clock.GetUtcNow());

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => ProveAsync("robot", proof), Ct)));

        Assert.Single(answers, answer => answer.IsSuccess);
        Assert.All(answers.Where(answer => !answer.IsSuccess), answer => Assert.Equal("invalid_client", answer.Error));
        Assert.Equal("invalid_client", (await ProveAsync("robot", proof)).Error);
    }

    // RFC 7523 §3: what is taken again by nobody may be forgotten, and nothing else. The first proof was used at once; each later look
    // clears what may be forgotten.
    [Theory]
    [InlineData(60)]
    [InlineData(600)]
    public async Task A_used_proof_is_never_taken_again_however_late_it_comes_back(int seconds)
    {
        var used = Key.Prove("robot", TokenEndpoint, Running.Clock.GetUtcNow(), lifetime: TimeSpan.FromSeconds(seconds));
        (await ProveAsync("robot", used)).Succeeded();

        Running.Clock.Advance(TimeSpan.FromSeconds(seconds - 1));
        foreach (var later in (int[])[1, 10, 20, 25, 40, 60, 90, 100])
        {
            Running.Clock.Advance(TimeSpan.FromSeconds(later));
            Assert.NotEmpty(await ServiceTokenAsync());
            Assert.Equal("invalid_client", (await ProveAsync("robot", used)).Error);
        }
    }

    [Fact]
    public async Task A_proof_is_taken_for_half_a_minute_after_its_end_and_not_longer()
    {
        var now = Running.Clock.GetUtcNow();
        var (late, tooLate) = (Key.Prove("robot", TokenEndpoint, now), Key.Prove("robot", TokenEndpoint, now));

        Running.Clock.Advance(TimeSpan.FromSeconds(60 + 15));
        (await ProveAsync("robot", late)).Succeeded();
        Running.Clock.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal("invalid_client", (await ProveAsync("robot", tooLate)).Error);
    }

    [Fact]
    public async Task A_proof_that_is_not_the_services_own_or_not_for_this_server_or_not_now_is_none()
    {
        using var stranger = new ServiceKey();
        var now = Running.Clock.GetUtcNow();
        var symmetric = new SigningCredentials(new SymmetricSecurityKey(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Key.PublicPem))),
            SecurityAlgorithms.HmacSha256);
        foreach (var (why, client, proof) in ((string, string, string)[])
        [
            ("another's key", "robot", stranger.Prove("robot", TokenEndpoint, now)),
            ("the public key as a secret", "robot", Key.Prove("robot", TokenEndpoint, now, signing: symmetric)),
            ("for somebody else", "robot", Key.Prove("robot", "https://other.example/token", now)),
            ("over", "robot", Key.Prove("robot", TokenEndpoint, now - TimeSpan.FromHours(1))),
            ("for too long", "robot", Key.Prove("robot", TokenEndpoint, now, lifetime: TimeSpan.FromHours(1))),
            ("without a number", "robot", Key.Prove("robot", TokenEndpoint, now, id: "")),
            ("of too long a number", "robot", Key.Prove("robot", TokenEndpoint, now, id: new string('x', 200))),
            ("in another's name", "robot", Key.Prove("robot", TokenEndpoint, now, subject: "watcher")),
            ("another kind of token", "robot", Key.Prove("robot", TokenEndpoint, now, type: "at+jwt")),
            ("of a client that keeps a secret", "web", Key.Prove("web", TokenEndpoint, now)),
            ("of nobody", "nobody", Key.Prove("nobody", TokenEndpoint, now)),
        ])
        {
            var answer = await ProveAsync(client, proof);
            Assert.True(answer.Error is "invalid_client" or "invalid_request", $"{why}: {answer.Text}");
        }
    }

    // RFC 7519 §4.1.4 to §4.1.6: numbers, of which most are no moment of any calendar.
    [Fact]
    public async Task A_proof_with_moments_that_are_none_or_have_not_come_is_none()
    {
        var now = Running.Clock.GetUtcNow().ToUnixTimeSeconds();
        const long never = 1_000_000_000_000_000_000;
        foreach (var (name, moment) in ((string, long)[])
        [
            ("exp", never), ("exp", DateTimeOffset.MaxValue.ToUnixTimeSeconds()), ("exp", -1), ("exp", -never),
            ("iat", never), ("iat", now + 3_600), ("iat", -never), ("nbf", never), ("nbf", now + 60), ("nbf", -never),
        ])
        {
            var answer = await ProveAsync("robot", Key.Prove(ClaimsWith((name, moment))));
            Assert.True(answer.Error is "invalid_client", $"{name} {moment}: {answer.Text}");
        }

        (await ProveAsync("robot", Key.Prove(ClaimsWith(("nbf", now + 20), ("iat", now + 20))))).Succeeded();

        Dictionary<string, object> ClaimsWith(params (string Name, long Moment)[] changes)
        {
            var claims = new Dictionary<string, object> { ["iss"] = "robot", ["sub"] = "robot", ["aud"] = TokenEndpoint,
                ["jti"] = Guid.NewGuid().ToString("N"), ["exp"] = now + 60 };
            foreach (var (name, moment) in changes) claims[name] = moment;
            return claims;
        }
    }

    [Fact]
    public async Task A_proof_in_anothers_name_uses_up_nothing_of_theirs()
    {
        var now = Running.Clock.GetUtcNow();

        foreach (var subject in (string[])["watcher", "nobody", "robot\0", "robot\uffff"])
            Assert.Equal("invalid_client",
                (await ProveAsync("robot", Key.Prove("robot", TokenEndpoint, now, id: "one-id", subject: subject))).Error);

        (await ProveAsync("watcher", Key.Prove("watcher", TokenEndpoint, now, id: "one-id"))).Succeeded();
        (await ProveAsync("robot", Key.Prove("robot", TokenEndpoint, now, id: "one-id"))).Succeeded();
    }

    [Fact]
    public async Task Nobody_else_gets_a_token_without_a_person()
    {
        using var web = Running.CreateClient("web", "https://app.example.test/callback", Testing.Issuers.InMemoryIssuer.WebSecret);
        using var kubectl = Running.CreateClient();
        using var service = Running.CreateClient("robot", "none");

        Assert.Equal("unauthorized_client", (await web.TokenAsync(Ct, ("grant_type", "client_credentials"))).Error);
        Assert.Equal("invalid_request", (await kubectl.TokenAsync(Ct, ("grant_type", "client_credentials"))).Error);
        Assert.Equal("invalid_request", (await service.TokenAsync(Ct, ("grant_type", "client_credentials"))).Error);
    }

    [Fact]
    public async Task A_person_may_what_the_pages_let_them()
    {
        var (_, root) = await PersonAsync("root", "admins");
        var (_, auditor) = await PersonAsync("auditor", "auditors");
        var (_, nobody) = await PersonAsync("nobody", "dev");

        foreach (var path in (string[])["/sessions", "/people", "/audit", "/reports/people", "/reports/clients",
            $"/people/{await IdOfAsync("root")}"])
        {
            (await GetAsync(root.AccessToken, path)).Succeeded();
            var looked = await GetAsync(auditor.AccessToken, path);
            looked.Succeeded();
            Assert.All((string[])["password_hash", "passwordHash", "AQAAAA", "hash", "secret"],
                word => Assert.DoesNotContain($"\"{word}", looked.Text, StringComparison.OrdinalIgnoreCase));
            Assert.Equal(403, (await GetAsync(nobody.AccessToken, path)).Status);
        }

        var before = await Database.CountRowsAsync(Ct);
        foreach (var (path, body) in await ChangesAsync())
        {
            Assert.Equal((path, 403), (path, (await PostAsync(auditor.AccessToken, path, body)).Status));
            Assert.Equal((path, 403), (path, (await PostAsync(nobody.AccessToken, path, body)).Status));
        }

        Assert.Equal(before, await Database.CountRowsAsync(Ct));
    }

    [Fact]
    public async Task Only_a_token_for_this_gets_in()
    {
        var (browser, root) = await PersonAsync("root", "admins");
        using var kubectl = Running.CreateClient();
        var cluster = await kubectl.RedeemAsync(await CodeAsync(kubectl, browser), Ct);

        foreach (var token in (string?[])[null, "", "nonsense", root.IdToken, root.RefreshToken, cluster.Succeeded().AccessToken,
            cluster.IdToken])
        {
            var answer = await GetAsync(token, "/sessions");
            Assert.Equal((401, "application/problem+json"), (answer.Status, answer.Type));
            Assert.StartsWith("Bearer", answer.Challenge, StringComparison.Ordinal);
        }

        // And a cookie is none: what another site makes a browser send does nothing.
        var page = await browser.LoadAsync(
            new HttpRequestMessage(HttpMethod.Post, $"{Issuer}/api/v1/sessions/{root.Claims.GetProperty("sid").GetString()}/end")
        {
            Headers = { { "Origin", "https://evil.example" } },
                Content = new StringContent("""{"reason":"forged"}""", System.Text.Encoding.UTF8, "application/json"),
        }, Ct);
        Assert.Equal(401, (int)page.Status);
        (await GetAsync(root.AccessToken, "/sessions")).Succeeded();
    }

    [Fact]
    public async Task A_persons_token_has_the_rights_of_the_person_at_that_moment()
    {
        var (_, root) = await PersonAsync("root", "admins");
        var (_, other) = await PersonAsync("other", "admins");
        (await GetAsync(root.AccessToken, "/sessions")).Succeeded();

        await using (var scope = Running.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<LocalAccounts>()
                .SetGroupsAsync(new PersonId(await IdOfAsync("other")), ["auditors"], Data.Audit.Actor.CommandLine, Ct);
        Assert.Equal((200, 403),
            ((await GetAsync(other.AccessToken, "/people")).Status,
                (await PostAsync(other.AccessToken, "/people", new { username = "x", reason = "y" })).Status));

        var session = root.Claims.GetProperty("sid").GetString()!;
        (await PostAsync(root.AccessToken, $"/sessions/{session}/end", new { reason = "my own" })).Succeeded();
        Assert.Equal(401, (await GetAsync(root.AccessToken, "/sessions")).Status);
    }

    [Fact]
    public async Task A_token_older_than_five_minutes_and_a_login_older_than_fifteen_are_too_old()
    {
        var (browser, root) = await PersonAsync("root", "admins");
        using var client = Running.CreateClient("admin-cli");

        Running.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Contains("invalid_token", (await GetAsync(root.AccessToken, "/sessions")).Challenge, StringComparison.Ordinal);
        var fresh = (await client.RefreshAsync(root.RefreshToken!, Ct)).Succeeded();
        (await GetAsync(fresh.AccessToken, "/sessions")).Succeeded();

        Running.Clock.Advance(TimeSpan.FromMinutes(10));
        var late = (await client.RefreshAsync(fresh.RefreshToken!, Ct)).Succeeded();
        var refused = await GetAsync(late.AccessToken, "/sessions");
        Assert.Equal(401, refused.Status);
        Assert.Contains("insufficient_user_authentication", refused.Challenge, StringComparison.Ordinal);
        Assert.Contains("max_age=900", refused.Challenge, StringComparison.Ordinal);
        Assert.NotNull(browser);
    }

    [Fact]
    public async Task Every_endpoint_stands_in_the_document_with_its_scope_and_is_closed_to_strangers()
    {
        var document = (await GetAsync(await ServiceTokenAsync("watcher"), "/openapi.json")).Succeeded();
        Assert.Equal(401, (await GetAsync(null, "/openapi.json")).Status);
        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => (
            Path: path.Name, Method: operation.Name.ToUpperInvariant(),
            Scope: operation.Value.GetProperty("security")[0].GetProperty("oauth2")[0].GetString()!))).ToList();
        var routed = Running.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api/v1/", StringComparison.Ordinal)
            && !endpoint.RoutePattern.RawText.EndsWith("openapi.json", StringComparison.Ordinal))
            .SelectMany(endpoint =>
                endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method =>
                    (Path: endpoint.RoutePattern.RawText!.TrimEnd('/'), Method: method))).ToList();

        Assert.Equal(routed.Order(), described.Select(one => (one.Path.TrimEnd('/'), one.Method)).Order());
        var own = described.ToLookup(one => one.Path.StartsWith(ApiScopes.SelfPath, StringComparison.Ordinal));
        Assert.All(own[true], one => Assert.Equal(ApiScopes.Self, one.Scope));
        Assert.All(own[false], one => Assert.Contains(one.Scope, ApiScopes.All));
        Assert.All(own[false].Where(one => one.Method == "GET"), one => Assert.Contains(one.Scope, ApiScopes.Reading));
        Assert.All(own[false].Where(one => one.Method != "GET"), one => Assert.DoesNotContain(one.Scope, ApiScopes.Reading));
        foreach (var (path, method, _) in described)
        {
            var answer = await CallAsync(null, new HttpMethod(method),
                path["/api/v1".Length..].Replace("{id}", "x", StringComparison.Ordinal).Replace("{grantId}", "y", StringComparison.Ordinal),
                method == "GET" ? null : new { });
            Assert.Equal((path, 401), (path, answer.Status));
        }
    }

    private async Task<IReadOnlyList<(string Path, object Body)>> ChangesAsync()
    {
        var (root, why) = (await IdOfAsync("root"), new { reason = "because" });
        return
        [
            ("/sessions/end/preview", new { }), ("/sessions/end", new { filter = new { }, sessions = 3, reason = "because" }),
            ("/sessions/some-id/end", why), ("/sessions/some-id/grants/g/end", why),
            ("/people", new { username = "mallory", reason = "because" }),
            ("/people/enrolment-codes", new { names = new[] { "root" }, mail = false, reason = "because" }),
            .. ((string[])["end-sessions", "disable", "enable", "remove", "unlock", "invite", "reset-factors", "export", "erase"])
            .Select(act => ($"/people/{root}/{act}", (object)why)),
        ];
    }

    private static async Task<string> CodeAsync(Testing.Protocol.RelyingParty client, Testing.Browsers.BrowserClient browser)
    {
        var page = await browser.GoAsync(client.AuthorizeUrl(), Ct);
        return Testing.Protocol.RelyingParty.CodeOf(page.Redirect is null ? await page.PressAsync("Continue", Ct) : page);
    }
}

public sealed class ApiAccessSqliteTests(ClassIssuer shared) : ApiAccessTests(shared, postgres: false);

public sealed class ApiAccessPostgresTests(ClassIssuer shared) : ApiAccessTests(shared, postgres: true);

using System.Text.Json;
using KubeIdP.Core.Clusters;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Protocol;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Api;

/// <summary>Everybody's own things, by the program kubeidp, and nothing of other people.</summary>
public abstract class SelfApiTests(ClassIssuer shared, bool postgres) : ApiTests(shared, postgres)
{
    private const string Restricted = "restricted";

    /// <summary>Every endpoint, and how somebody would ask it about another person's session.</summary>
    private static readonly Dictionary<string, Func<string, string>> Endpoints = new(StringComparer.Ordinal)
    {
        ["GET /api/v1/self/"] = _ => "/self",
        ["GET /api/v1/self/sessions"] = _ => "/self/sessions",
        ["POST /api/v1/self/sessions/{id}/end"] = session => $"/self/sessions/{session}/end",
        ["GET /api/v1/self/clusters"] = _ => "/self/clusters",
        ["GET /api/v1/self/clusters/{name}/kubeconfig"] = _ => $"/self/clusters/{Restricted}/kubeconfig",
        ["GET /api/v1/self/kubeconfig"] = _ => $"/self/kubeconfig?cluster={Restricted}",
    };

    private Func<Settings, Settings> WithClusters => settings => Configured(settings) with
    {
        Clusters = new Dictionary<string, ClusterOptions>
        {
            ["prod"] = new() { Title = "Production", Server = "https://api.prod.example.test:6443", Plugin = ExecPlugin.Kubeidp,
                Labels = new Dictionary<string, string> { ["region"] = "eu" } },
            [Restricted] = new() { Server = "https://api.restricted.example.test:6443", Access = new() { Groups = ["local:wizards"] } },
        },
    };

    [Fact]
    public async Task It_shows_who_one_is_and_ones_clusters_and_sessions()
    {
        await using var issuer = await StartAsync(WithClusters);
        var (tokens, subject) = await SignInAsync(issuer, "alice", "platform");

        var self = (await GetAsync(issuer, tokens, "/self")).Succeeded();
        var clusters = (await GetAsync(issuer, tokens, "/self/clusters")).Succeeded();
        var sessions = (await GetAsync(issuer, tokens, "/self/sessions")).Succeeded();

        Assert.Equal((subject, "alice", "alice@example.com", "local"),
            (Text(self, "subject"), Text(self, "username"), Text(self, "email"), Text(self, "upstream")));
        Assert.Equal(["platform"], self.GetProperty("groups").EnumerateArray().Select(group => group.GetString()));
        var session = self.GetProperty("session");
        Assert.Equal(tokens.Claims.GetProperty("sid").GetString(), Text(session, "id"));
        Assert.Equal(tokens.Claims.GetProperty("amr").EnumerateArray().Select(method => method.GetString()),
            session.GetProperty("methods").EnumerateArray().Select(method => method.GetString()));

        var cluster = Assert.Single(clusters.EnumerateArray());
        Assert.Equal(("prod", "Production", "kubeidp"), (Text(cluster, "name"), Text(cluster, "title"), Text(cluster, "plugin")));
        Assert.Equal(900, cluster.GetProperty("idTokenLifetimeSeconds").GetInt64());

        var own = Assert.Single(sessions.EnumerateArray());
        Assert.True(own.GetProperty("current").GetBoolean());
        Assert.Equal(["kubeidp"], own.GetProperty("clients").EnumerateArray().Select(client => client.GetString()));
    }

    [Fact]
    public async Task A_kubeconfig_is_what_the_person_would_download_and_only_of_clusters_that_they_may_use()
    {
        await using var issuer = await StartAsync(WithClusters);
        var (alice, _) = await SignInAsync(issuer, "alice", "platform");
        var (merlin, _) = await SignInAsync(issuer, "merlin", "wizards");

        var one = await GetAsync(issuer, alice, "/self/clusters/prod/kubeconfig");
        var both = await GetAsync(issuer, merlin, $"/self/kubeconfig?cluster={Restricted}&cluster=prod");
        var refused = await GetAsync(issuer, alice, $"/self/kubeconfig?cluster=prod&cluster={Restricted}");

        Assert.Equal((200, "application/yaml"), (one.Status, one.Type));
        Assert.Contains("command: \"kubeidp\"", one.Text, StringComparison.Ordinal);
        Assert.Contains("current-context: \"kubeidp-restricted\"", both.Text, StringComparison.Ordinal);
        Assert.Equal(403, refused.Status);
        Assert.Contains("only for members of local:wizards", refused.Text, StringComparison.Ordinal);
        Assert.Equal(404, (await GetAsync(issuer, alice, "/self/clusters/nowhere/kubeconfig")).Status);
        Assert.Equal(400, (await GetAsync(issuer, alice, "/self/kubeconfig")).Status);
    }

    [Fact]
    public async Task One_ends_another_session_of_ones_own_and_then_this_one()
    {
        await using var issuer = await StartAsync(WithClusters);
        var account = await issuer.AddAccountAsync("alice", Ct);
        var other = await SignInAsync(issuer, account);
        var tokens = await SignInAsync(issuer, account);
        var (otherId, ownId) = (SessionOf(other), SessionOf(tokens));

        Assert.True((await PostAsync(issuer, tokens, $"/self/sessions/{otherId}/end")).Succeeded().GetProperty("changed").GetBoolean());
        Assert.Equal(404, (await PostAsync(issuer, tokens, $"/self/sessions/{otherId}/end")).Status);
        var ended = await GetAsync(issuer, other, "/self");
        Assert.Equal(401, ended.Status);
        Assert.StartsWith("You ended this session at ", Text(ended.Json, "detail"), StringComparison.Ordinal);

        (await PostAsync(issuer, tokens, $"/self/sessions/{ownId}/end")).Succeeded();
        Assert.Equal(401, (await GetAsync(issuer, tokens, "/self/sessions")).Status);
    }

    [Fact]
    public async Task No_endpoint_shows_or_does_anything_of_another_person()
    {
        await using var issuer = await StartAsync(WithClusters);
        var (alice, _) = await SignInAsync(issuer, "alice", "platform");
        var (victim, subject) = await SignInAsync(issuer, "victim", "wizards");
        var rows = await RowsOfAsync(victim);

        Assert.Equal(Endpoints.Keys.Order(StringComparer.Ordinal), MappedBy(issuer));
        foreach (var (endpoint, pathFor) in Endpoints)
        {
            var about = pathFor(SessionOf(victim));
            foreach (var path in new[] { about, $"{about}{(about.Contains('?', StringComparison.Ordinal) ? '&' : '?')}"
                + $"personId={subject}&subject={subject}&person=victim&username=victim&id={SessionOf(victim)}" })
            {
                var answer = await CallAsync(alice.AccessToken, new HttpMethod(endpoint.Split(' ')[0]), path, at: issuer);
                Assert.True(answer.Status is 200 or 403 or 404, $"{endpoint}: {answer.Status} {answer.Text}");
                foreach (var secret in new[] { subject, "victim", SessionOf(victim), victim.GrantId })
                    Assert.DoesNotContain(secret, answer.Text, StringComparison.OrdinalIgnoreCase);
            }
        }

        Assert.Equal(rows, await RowsOfAsync(victim));
        (await GetAsync(issuer, victim, "/self")).Succeeded();
    }

    [Fact]
    public async Task Only_a_recent_token_of_this_API_gets_in()
    {
        await using var issuer = await StartAsync(WithClusters);
        var account = await issuer.AddAccountAsync("root", Ct, "admins");
        using var browser = issuer.CreateBrowser("203.0.113.5");
        using var program = issuer.CreateClient("kubeidp", "http://127.0.0.1:41000");
        using var admin = issuer.CreateClient("admin-cli");
        var self = await program.LogInAsync(browser, account, Ct, ("scope", "openid self offline_access"));
        var plain = await program.LogInAsync(browser, account, Ct, ("prompt", "login"));
        var forAdmin = await admin.LogInAsync(browser, account, Ct, ("scope", "openid admin"), ("prompt", "login"));

        foreach (var path in Endpoints.Where(endpoint => endpoint.Key.StartsWith("GET", StringComparison.Ordinal))
                     .Select(endpoint => endpoint.Value("")))
        {
            foreach (var token in new[] { null, "nonsense", plain.AccessToken, forAdmin.AccessToken, self.IdToken, self.RefreshToken })
                Assert.Equal(401, (await CallAsync(token, HttpMethod.Get, path, at: issuer)).Status);
        }

        // And the other way round.
        (await CallAsync(forAdmin.AccessToken, HttpMethod.Get, "/people", at: issuer)).Succeeded();
        Assert.Equal(401, (await CallAsync(self.AccessToken, HttpMethod.Get, "/people", at: issuer)).Status);

        issuer.Clock.Advance(TimeSpan.FromSeconds(301));
        Assert.Equal(401, (await GetAsync(issuer, self, "/self")).Status);
        Assert.Equal(200, (await GetAsync(issuer, (await program.RefreshAsync(self.RefreshToken!, Ct)).Succeeded(), "/self")).Status);
    }

    [Fact]
    public async Task The_program_administers_with_a_grant_of_its_own()
    {
        await using var issuer = await StartAsync(WithClusters);
        var account = await issuer.AddAccountAsync("root", Ct, "admins");
        using var browser = issuer.CreateBrowser("203.0.113.5");
        using var program = issuer.CreateClient("kubeidp", "http://localhost:41000");
        var tokens = await program.LogInAsync(browser, account, Ct, ("scope", "openid admin offline_access"), ("max_age", "600"));

        (await CallAsync(tokens.AccessToken, HttpMethod.Get, "/people", at: issuer)).Succeeded();

        issuer.Clock.Advance(TimeSpan.FromMinutes(16));
        var later = (await program.RefreshAsync(tokens.RefreshToken!, Ct)).Succeeded();
        var refused = await CallAsync(later.AccessToken, HttpMethod.Get, "/people", at: issuer);
        Assert.Equal(401, refused.Status);
        Assert.Contains("insufficient_user_authentication", refused.Challenge, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_program_there_is_no_client_and_no_scope_for_it()
    {
        await using var issuer = await StartAsync(settings => WithClusters(settings) with { Cli = new CliOptions { Enabled = false } });
        using var browser = issuer.CreateBrowser();
        using var program = issuer.CreateClient("kubeidp", "http://127.0.0.1:41000");

        var page = await browser.GoAsync(program.AuthorizeUrl(("scope", "openid self")), Ct);
        var document = await program.GetJsonAsync(".well-known/openid-configuration", Ct);

        Assert.Equal(400, (int)page.Status);
        Assert.DoesNotContain("self", document.GetProperty("scopes_supported").EnumerateArray().Select(scope => scope.GetString()));
        Assert.DoesNotContain("urn:ietf:params:oauth:grant-type:token-exchange",
            document.GetProperty("grant_types_supported").EnumerateArray().Select(type => type.GetString()));
    }

    private Task<ApiAnswer> GetAsync(InMemoryIssuer issuer, TokenAnswer tokens, string path) =>
        CallAsync(tokens.AccessToken, HttpMethod.Get, path, at: issuer);

    private Task<ApiAnswer> PostAsync(InMemoryIssuer issuer, TokenAnswer tokens, string path) =>
        CallAsync(tokens.AccessToken, HttpMethod.Post, path, at: issuer);

    private static async Task<(TokenAnswer Tokens, string Subject)> SignInAsync(InMemoryIssuer issuer, string name, params string[] groups)
    {
        var tokens = await SignInAsync(issuer, await issuer.AddAccountAsync(name, Ct, groups));
        return (tokens, tokens.Claims.GetProperty("sub").GetString()!);
    }

    private static async Task<TokenAnswer> SignInAsync(InMemoryIssuer issuer, Account account)
    {
        using var browser = issuer.CreateBrowser("203.0.113.5");
        using var program = issuer.CreateClient("kubeidp", "http://127.0.0.1:41000");
        return await program.LogInAsync(browser, account, Ct, ("scope", "openid self offline_access"));
    }

    private static IEnumerable<string> MappedBy(InMemoryIssuer issuer) =>
        issuer.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith(ApiScopes.SelfPath, StringComparison.Ordinal))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
                .Select(method => $"{method} {endpoint.RoutePattern.RawText}"))
            .Order(StringComparer.Ordinal);

    private async Task<string> RowsOfAsync(TokenAnswer tokens)
    {
        var session = SessionOf(tokens);
        await using var context = Database.CreateContext();
        return JsonSerializer.Serialize(new
        {
            Session = await context.Sessions.AsNoTracking().SingleAsync(row => row.Id == session, Ct),
            Grants = await context.Grants.AsNoTracking().Where(row => row.SessionId == session).OrderBy(row => row.Id).ToListAsync(Ct),
        });
    }

    private static string SessionOf(TokenAnswer tokens) => tokens.Claims.GetProperty("sid").GetString()!;

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}

public sealed class SelfApiOnSqlite(ClassIssuer shared) : SelfApiTests(shared, postgres: false);

public sealed class SelfApiOnPostgres(ClassIssuer shared) : SelfApiTests(shared, postgres: true);

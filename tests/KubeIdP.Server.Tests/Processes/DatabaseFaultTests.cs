using System.Diagnostics;
using System.Net;
using KubeIdP.Server.Clients;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Npgsql;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

/// <summary>
/// A database that answers and can't do its work, met by a server with every background job that there is: an outage, and nothing else.
/// </summary>
public sealed class DatabaseFaultTests(DatabaseFaultTests.Running running) : IClassFixture<DatabaseFaultTests.Running>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IssuerProcess Issuer => running.Replicas[0];

    [Fact]
    public async Task A_failover_that_leads_to_a_standby_is_an_outage_and_ends_with_the_first_request_that_finds_the_primary()
    {
        await using var standby = await running.Primary.StartStandbyAsync(Ct);
        using var kubectl = Issuer.CreateClient();
        var tokens = (await kubectl.RefreshPatientlyAsync(running.RefreshToken, Ct)).Succeeded();

        running.Proxy.LeadTo(standby);
        await running.Primary.CutAsync("postgres", Ct);
        using var refused = await kubectl.PostAsync("connect/token", Ct, ("grant_type", "refresh_token"),
            ("refresh_token", tokens.RefreshToken));
        using var browser = Issuer.CreateBrowser();
        var page = await (await browser.GoAsync(kubectl.AuthorizeUrl(), Ct)).Fill("Username", "alice").Fill("Password", "wrong")
            .PressAsync("Sign in", Ct);
        var revoke = await Issuer.RunAsync(["sessions", "revoke", "--person", "alice", "--yes"], ct: Ct);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("temporarily_unavailable", await refused.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);
        Assert.Equal(1, revoke.ExitCode);
        Assert.Contains("read-only", revoke.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", revoke.Error, StringComparison.Ordinal);

        running.Proxy.LeadTo(running.Primary);
        tokens = await AllSucceedAsync(kubectl, tokens);

        // The old primary keeps its connections, and takes no change any more.
        await standby.PromoteAsync(running.Primary, Ct);
        running.Proxy.LeadTo(standby);
        await AllSucceedAsync(kubectl, tokens);

        // For the other tests: the old primary, which knows nothing of the refreshes since.
        await running.Primary.SetReadOnlyAsync(false, Ct);
        running.Proxy.LeadTo(running.Primary);
        await standby.StopAsync(Ct);
        running.RefreshToken = (await kubectl.RefreshPatientlyAsync(tokens.RefreshToken!, Ct)).Succeeded().RefreshToken!;
    }

    [Theory]
    [InlineData("statement_timeout = '300ms'", "audit_events, audit_checkpoints, grants, people, sessions, signing_keys", 1702)]
    [InlineData("search_path = 'nowhere'", null, null)]
    [InlineData("default_transaction_read_only = on", null, null)]
    public async Task What_the_database_refuses_is_an_outage_and_ends_no_job(string setting, string? locked, int? alsoLogged)
    {
        using var kubectl = Issuer.CreateClient();
        var tokens = (await kubectl.RefreshPatientlyAsync(running.RefreshToken, Ct)).Succeeded();
        var before = Issuer.Log.Length;

        await running.Primary.AdministerAsync($"ALTER DATABASE {running.Database} SET {setting}", Ct);
        await running.Primary.CutAsync("postgres", Ct);
        await using var holder = new NpgsqlConnection($"{running.Replicas.ConnectionString};Pooling=false;Options=-c statement_timeout=0");
        await holder.OpenAsync(Ct);
        if (locked is not null)
            await new NpgsqlCommand($"BEGIN; LOCK TABLE {locked} IN ACCESS EXCLUSIVE MODE", holder).ExecuteNonQueryAsync(Ct);
        using var refused = await kubectl.PostAsync("connect/token", Ct, ("grant_type", "refresh_token"),
            ("refresh_token", tokens.RefreshToken));

        // Checkpoints, export, logout delivery, the feed of reviews.
        int[] logged = [2303, 2301, 2803, 2201, .. alsoLogged is { } also ? [also] : Array.Empty<int>()];
        for (var since = Stopwatch.StartNew(); !logged.All(id =>
            Issuer.Log[before..].Contains($"\"EventId\":{id}", StringComparison.Ordinal)); await Task.Delay(50, Ct))
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(60), Issuer.Log[before..]);

        await holder.CloseAsync();
        await running.Primary.AdministerAsync($"ALTER DATABASE {running.Database} RESET ALL", Ct);
        var healed = await AllSucceedAsync(kubectl, tokens);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("temporarily_unavailable", await refused.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal("alice", healed.Claims.GetProperty("preferred_username").GetString());
        Assert.DoesNotContain("\"EventId\":1002", Issuer.Log[before..], StringComparison.Ordinal);
        Assert.DoesNotContain("\"EventId\":1004", Issuer.Log[before..], StringComparison.Ordinal);
        running.RefreshToken = healed.RefreshToken!;
    }

    /// <summary>As many at once as there are connections in use: one that leads astray would fail one of them.</summary>
    private static async Task<TokenAnswer> AllSucceedAsync(RelyingParty kubectl, TokenAnswer tokens)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => kubectl.RefreshAsync(tokens.RefreshToken!, Ct)));
        Assert.All(answers, answer => answer.Succeeded());
        return answers[0];
    }

    /// <summary>One replica behind an address that can be led elsewhere.</summary>
    public sealed class Running : IAsyncLifetime
    {
        public PostgresServer Primary { get; private set; } = null!;

        public PostgresProxy Proxy { get; private set; } = null!;

        public Replicas Replicas { get; private set; } = null!;

        /// <summary>Its last one: each test leaves the next.</summary>
        public string RefreshToken { get; set; } = null!;

        public string Database => new NpgsqlConnectionStringBuilder(Replicas.ConnectionString).Database!;

        public async ValueTask InitializeAsync()
        {
            Primary = await PostgresServer.StartNewAsync(CancellationToken.None);
            Replicas = await Replicas.StartAsync(1, CancellationToken.None, Primary,
                through: database => (Proxy = new PostgresProxy(database)).Through(database), more: $$"""
                management: { listen: "http://127.0.0.1:{{Ports.Free()}}" }
                audit: { jsonLines: {{Scratch.NewFolder("kubeidp-audit-")}}/audit.jsonl }
                clusters:
                  kubernetes: { tokenReview: { secretHash: "{{ClientSecret.HashOf("the-credential-of-the-API-server")}}" } }
                clients:
                  web: { kind: web, redirectUris: ["https://app.example.test/callback"],
                    secretHash: "{{ClientSecret.HashOf("a-secret-that-only-tests-know-0123456789")}}",
                    backChannelLogoutUri: "https://app.example.test/logout" }
                """);
            var alice = await Replicas.AddAccountAsync("alice", CancellationToken.None);
            using var kubectl = Replicas[0].CreateClient();
            using var browser = Replicas[0].CreateBrowser();
            RefreshToken = (await kubectl.LogInAsync(browser, alice, CancellationToken.None)).RefreshToken!;
        }

        public async ValueTask DisposeAsync()
        {
            await Replicas.DisposeAsync();
            await Proxy.DisposeAsync();
            await Primary.DisposeAsync();
        }
    }
}

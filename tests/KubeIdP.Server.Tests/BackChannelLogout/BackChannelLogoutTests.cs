using System.Net;
using System.Text.Json;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Server.Tests.Web;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using KubeIdP.Testing.Time;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace KubeIdP.Server.Tests.BackChannelLogout;

/// <summary>OpenID Connect Back-Channel Logout 1.0, with clients that listen on this machine.</summary>
public abstract class BackChannelLogoutTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private TestDatabase database = null!;
    private InMemoryIssuer issuer = null!;
    private LogoutReceiver web = null!;
    private LogoutReceiver other = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected virtual IReadOnlyList<string> Networks => ["127.0.0.0/8"];

    public async ValueTask InitializeAsync()
    {
        var authority = new TestAuthority();
        File.WriteAllText(folder.File("ca.pem"), authority.Pem);
        web = await LogoutReceiver.StartAsync(authority, Ct);
        other = await LogoutReceiver.StartAsync(authority, Ct);
        database = await CreateAsync(new FakeClock());
        issuer = await InMemoryIssuer.StartAsync(database, folder.File("data"), settings => settings with
        {
            BackChannelLogout = new() { Networks = Networks, CaFile = folder.File("ca.pem") },
            Clients = new Dictionary<string, ClientOptions>
            {
                ["silent"] = settings.Clients["web"],
                ["web"] = settings.Clients["web"] with { BackChannelLogoutUri = web.Address.ToString() },
                ["other"] = settings.Clients["web"] with { BackChannelLogoutUri = other.Address.ToString(),
                    SigningAlgorithm = SigningAlgorithm.ES256 },
            },
        }, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await issuer.DisposeAsync();
        await database.DisposeAsync();
        await web.DisposeAsync();
        await other.DisposeAsync();
        folder.Dispose();
    }

    protected abstract Task<TestDatabase> CreateAsync(FakeClock clock);

    protected async Task<string> SignedInAsync(string name, params string[] clients)
    {
        var account = await issuer.AddAccountAsync(name, Ct);
        using var browser = issuer.CreateBrowser();
        var session = "";
        foreach (var client in clients)
        {
            using var party = client == "kubernetes"
                ? issuer.CreateClient()
                : issuer.CreateClient(client, "https://app.example.test/callback", InMemoryIssuer.WebSecret);
            session = (await party.LogInAsync(browser, account, Ct, ("scope", "openid"))).Claims.GetProperty("sid").GetString()!;
        }

        return session;
    }

    public abstract class Allowed : BackChannelLogoutTests
    {
        [Fact]
        public async Task A_client_is_notified_of_its_session_in_a_token_that_is_no_ID_token()
        {
            var session = await SignedInAsync("alice", "web", "other", "silent", "kubernetes");
            await EndAsync(session);

            foreach (var (receiver, client, algorithm) in ((LogoutReceiver, string, string)[])[(web, "web", "RS256"),
                (other, "other", "ES256")])
            {
                var text = Assert.Single(await receiver.WaitAsync(1, Ct));
                var token = await ValidateAsync(text, client);
                Assert.Equal(("logout+jwt", algorithm), (token.Typ, token.Alg));
                var claims = JsonDocument.Parse(Base64UrlEncoder.Decode(text.Split('.')[1])).RootElement;
                Assert.Equal(["aud", "events", "exp", "iat", "iss", "jti", "sid"],
                    claims.EnumerateObject().Select(claim => claim.Name).Order());
                Assert.Equal(("https://idp.example.test", client, session),
                    (claims.GetProperty("iss").GetString(), claims.GetProperty("aud").GetString(), claims.GetProperty("sid").GetString()));
                Assert.InRange(claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64(), 1, 120);
                Assert.Equal("{}",
                    claims.GetProperty("events").GetProperty("http://schemas.openid.net/event/backchannel-logout").GetRawText());
                Assert.NotEqual("", claims.GetProperty("jti").GetString());
            }

            // Once, and nobody else.
            issuer.Clock.Advance(TimeSpan.FromHours(2));
            await Task.Delay(TimeSpan.FromSeconds(2.5), Ct);
            Assert.Equal((1, 1), (web.Received.Count, other.Received.Count));
        }

        [Fact]
        public async Task However_a_session_ends_its_clients_are_notified_of_it_and_of_no_other()
        {
            var (signedOut, disabled, kept) = (await SignedInAsync("alice", "web"), await SignedInAsync("bob", "web"),
                await SignedInAsync("carol", "web"));
            await EndAsync(signedOut);
            await using (var context = database.CreateContext())
            {
                var bob = await context.People.SingleAsync(person => person.UserName == "bob", Ct);
                await issuer.Services.GetRequiredService<Data.People.PersonStore>()
                    .DisableAsync(new PersonId(bob.Id), Actor.CommandLine, Ct);
            }

            var notified = (await web.WaitAsync(2, Ct)).Select(token => new JsonWebToken(token).GetClaim("sid").Value).ToList();

            Assert.Equal(new[] { signedOut, disabled }.Order(), notified.Order());
            Assert.DoesNotContain(kept, notified);
        }

        [Fact]
        public async Task One_that_hangs_delays_nobody_and_is_tried_again()
        {
            web.Manners = LogoutBehaviour.Hangs;
            var sessions = new List<string>();
            for (var i = 0; i < 12; i++) sessions.Add(await SignedInAsync($"person{i}", "web", "other"));

            var began = TimeProvider.System.GetTimestamp();
            foreach (var session in sessions) await EndAsync(session);
            var ending = TimeProvider.System.GetElapsedTime(began);
            Assert.Equal(12, (await other.WaitAsync(12, Ct)).Distinct().Count());
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(5),
                "While one hangs, for five seconds each, the other has heard everything.");
            Assert.True(ending < TimeSpan.FromSeconds(3), $"{ending}");

            // It comes to its senses: everything arrives, however often it was tried.
            web.Manners = LogoutBehaviour.Takes;
            for (var tries = 0; tries < 60 && Heard(web).Count < 12; tries++)
            {
                issuer.Clock.Advance(TimeSpan.FromMinutes(1));
                await Task.Delay(TimeSpan.FromMilliseconds(500), Ct);
            }

            Assert.Equal(sessions.Order(), Heard(web).Order());
        }

        [Theory]
        [InlineData(LogoutBehaviour.Refuses)]
        [InlineData(LogoutBehaviour.Redirects)]
        public async Task What_is_not_taken_is_tried_again_and_after_a_day_the_audit_says_so(LogoutBehaviour manners)
        {
            web.Manners = manners;
            var session = await SignedInAsync("alice", "web");
            await EndAsync(session);
            await web.WaitAsync(1, Ct);

            // Where it was sent it did not go.
            Assert.Single(web.Received);
            for (var tries = 0; tries < 60 && web.Received.Count < 3; tries++)
            {
                issuer.Clock.Advance(TimeSpan.FromMinutes(2));
                await Task.Delay(TimeSpan.FromMilliseconds(500), Ct);
            }

            Assert.True(web.Received.Count >= 3, $"{web.Received.Count}");
            issuer.Clock.Advance(TimeSpan.FromHours(25));
            AuditEvent? undelivered = null;
            for (var tries = 0; tries < 60 && undelivered is null; tries++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(250), Ct);
                await using var context = database.CreateContext();
                undelivered = await context.AuditEvents.AsNoTracking()
                    .SingleOrDefaultAsync(auditEvent => auditEvent.Type == AuditEventType.LogoutUndelivered, Ct);
            }

            Assert.NotNull(undelivered);
            Assert.Equal((session, "web", $"it answered {(manners == LogoutBehaviour.Refuses ? 400 : 307)}"),
                (undelivered.SessionId, undelivered.ClientId, undelivered.Detail));
            var before = web.Received.Count;
            issuer.Clock.Advance(TimeSpan.FromHours(25));
            await Task.Delay(TimeSpan.FromSeconds(2.5), Ct);
            Assert.Equal(before, web.Received.Count);
        }

        [Fact]
        public async Task What_a_client_answers_is_shown_with_what_it_hides()
        {
            web.Manners = LogoutBehaviour.Garbles;
            await EndAsync(await SignedInAsync("alice", "web"));
            string? said = null;
            for (var tries = 0; tries < 150 && said is null; tries++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), Ct);
                said = issuer.Log.Lines.FirstOrDefault(line => line.Contains("could not be notified", StringComparison.Ordinal));
            }

            Assert.Contains("\\u{001B}[2", said, StringComparison.Ordinal);
            Assert.False(HostileTexts.StandIn(said!), said);
        }

        [Fact]
        public async Task A_logout_token_opens_nothing()
        {
            var session = await SignedInAsync("alice", "web");
            await EndAsync(session);
            var token = Assert.Single(await web.WaitAsync(1, Ct));

            using var party = issuer.CreateClient("web", "https://app.example.test/callback", InMemoryIssuer.WebSecret);
            using var answer = await party.UserInfoAsync(token, Ct);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.False((await party.RefreshAsync(token, Ct)).IsSuccess);
        }

        [Fact]
        public async Task Discovery_says_that_clients_can_be_notified()
        {
            using var party = issuer.CreateClient();
            var discovery = await party.GetJsonAsync("/.well-known/openid-configuration", Ct);

            Assert.True(discovery.GetProperty("backchannel_logout_supported").GetBoolean());
            Assert.True(discovery.GetProperty("backchannel_logout_session_supported").GetBoolean());
        }

        private static List<string> Heard(LogoutReceiver receiver) =>
            [.. receiver.Received.Select(one => new JsonWebToken(one.LogoutToken).GetClaim("sid").Value).Distinct()];

        private async Task<JsonWebToken> ValidateAsync(string text, string audience)
        {
            using var party = issuer.CreateClient();
            var keys = new JsonWebKeySet((await party.GetJsonAsync("/.well-known/jwks", Ct)).GetRawText());
            var result = await new JsonWebTokenHandler().ValidateTokenAsync(text, new TokenValidationParameters
            {
                IssuerSigningKeys = keys.GetSigningKeys(), ValidIssuer = "https://idp.example.test", ValidAudience = audience,
                    ValidTypes = ["logout+jwt"],
                LifetimeValidator = (_, expires, _, _) => expires > issuer.Clock.GetUtcNow().UtcDateTime,
            });
            Assert.True(result.IsValid, $"{result.Exception}");
            return (JsonWebToken)result.SecurityToken;
        }
    }

    /// <summary>SECURITY rule: what a name leads to counts, not the name.</summary>
    public abstract class NotAllowed : BackChannelLogoutTests
    {
        protected override IReadOnlyList<string> Networks => ["10.0.0.0/8"];

        [Fact]
        public async Task To_an_address_inside_nothing_is_sent()
        {
            await EndAsync(await SignedInAsync("alice", "web"));
            await Task.Delay(TimeSpan.FromSeconds(3), Ct);

            Assert.Equal((0, 0), (web.Connections, web.Received.Count));
            Assert.Contains(issuer.Log.Lines, line => line.Contains("an internal address", StringComparison.Ordinal));
        }
    }

    protected async Task EndAsync(string session) =>
        Assert.True(await issuer.Services.GetRequiredService<Data.Sessions.SessionStore>().EndAsync(
        new SessionId(session), new Actor("root"), Data.Sessions.GrantEnd.EndedByAdministrator, Ct));
}

public sealed class BackChannelLogoutSqliteTests : BackChannelLogoutTests.Allowed
{
    protected override Task<TestDatabase> CreateAsync(FakeClock clock) =>
        TestDatabase.SqliteAsync(clock, TestContext.Current.CancellationToken);
}

public sealed class BackChannelLogoutPostgresTests : BackChannelLogoutTests.Allowed
{
    protected override Task<TestDatabase> CreateAsync(FakeClock clock) =>
        TestDatabase.PostgresAsync(clock, ct: TestContext.Current.CancellationToken);
}

public sealed class BackChannelLogoutBarredTests : BackChannelLogoutTests.NotAllowed
{
    protected override Task<TestDatabase> CreateAsync(FakeClock clock) =>
        TestDatabase.SqliteAsync(clock, TestContext.Current.CancellationToken);
}

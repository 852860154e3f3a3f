using System.Net;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Protocol;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace KubeIdP.Server.Tests.Tokens;

public abstract class RefreshTests(RunningIssuer running) : ProtocolTests(running)
{
    [Fact]
    public async Task A_refresh_brings_new_tokens_for_the_same_login_with_the_groups_of_now()
    {
        var login = await LogInAsync();
        await ExecuteAsync("UPDATE people SET groups = @groups WHERE id = @id", ("groups", """["ops","platform"]"""),
            ("id", Subject(login.Tokens)));
        Clock.Advance(TimeSpan.FromSeconds(60));

        var next = (await Kubectl.RefreshAsync(login.Tokens.RefreshToken!, Ct)).Succeeded();

        foreach (var claim in new[] { "iss", "sub", "aud", "auth_time", "sid", "amr", "acr" })
            Assert.Equal(login.Tokens.Claims.GetProperty(claim).ToString(), next.Claims.GetProperty(claim).ToString());
        Assert.NotEqual(login.Tokens.RefreshToken, next.RefreshToken);
        Assert.Equal(60, next.Claims.GetProperty("exp").GetInt64() - next.Claims.GetProperty("iat").GetInt64());
        Assert.True(next.Claims.GetProperty("iat").GetInt64() >= login.Tokens.Claims.GetProperty("iat").GetInt64() + 60);
        Assert.Equal(["ops", "platform"], Strings(next.Claims.GetProperty("groups")));
    }

    [Fact]
    public async Task A_token_replaced_twice_is_a_copy_and_ends_the_grant()
    {
        var first = (await LogInAsync()).Tokens;
        var second = (await Kubectl.RefreshAsync(first.RefreshToken!, Ct)).Succeeded();
        var third = (await Kubectl.RefreshAsync(second.RefreshToken!, Ct)).Succeeded();

        var replay = await Kubectl.RefreshAsync(first.RefreshToken!, Ct);
        var newest = await Kubectl.RefreshAsync(third.RefreshToken!, Ct);

        Assert.Equal(("invalid_grant", "invalid_grant"), (replay.Error, newest.Error));
        Assert.Single(await AuditAsync(AuditEventType.RefreshReplayed, first));
    }

    [Fact]
    public async Task After_a_lost_answer_the_old_token_works_and_the_undelivered_one_is_invalid()
    {
        var first = (await LogInAsync()).Tokens;
        var undelivered = (await Kubectl.RefreshAsync(first.RefreshToken!, Ct)).Succeeded();

        Clock.Advance(TimeSpan.FromSeconds(30));
        var again = (await Kubectl.RefreshAsync(first.RefreshToken!, Ct)).Succeeded();
        var dead = await Kubectl.RefreshAsync(undelivered.RefreshToken!, Ct);
        var family = await Kubectl.RefreshAsync(again.RefreshToken!, Ct);

        Assert.Equal(("invalid_grant", "invalid_grant"), (dead.Error, family.Error));
        Assert.Single(await AuditAsync(AuditEventType.RefreshLostAnswer, first));
    }

    // A failover to a standby that lags, a machine that was set back: what the clients have is newer than the database.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_token_that_is_newer_than_the_database_is_current_and_raises_no_alarm(int lostWrites)
    {
        var tokens = (await LogInAsync()).Tokens;
        for (var i = 0; i < 3; i++) tokens = (await Kubectl.RefreshAsync(tokens.RefreshToken!, Ct)).Succeeded();
        await ExecuteAsync("UPDATE grants SET current_generation = @current, previous_generation = @current - 1 WHERE id = @id",
            ("current", tokens.Generation - lostWrites), ("id", tokens.GrantId));

        var next = (await Kubectl.RefreshAsync(tokens.RefreshToken!, Ct)).Succeeded();
        var beside = (await Kubectl.RefreshAsync(tokens.RefreshToken!, Ct)).Succeeded();
        var later = (await Kubectl.RefreshAsync(next.RefreshToken!, Ct)).Succeeded();

        Assert.Equal((tokens.Generation + 1, tokens.Generation + 1, tokens.Generation + 2),
            (next.Generation, beside.Generation, later.Generation));
        Assert.Single(await AuditAsync("refresh.lost_write", tokens));
        Assert.Empty(await AuditAsync(AuditEventType.RefreshReplayed, tokens));
    }

    [Fact]
    public async Task After_a_lost_write_a_copy_of_an_older_token_is_still_found()
    {
        var stolen = (await LogInAsync()).Tokens;
        var second = (await Kubectl.RefreshAsync(stolen.RefreshToken!, Ct)).Succeeded();
        var third = (await Kubectl.RefreshAsync(second.RefreshToken!, Ct)).Succeeded();
        await ExecuteAsync("UPDATE grants SET current_generation = 1, previous_generation = NULL WHERE id = @id", ("id", stolen.GrantId));

        var next = (await Kubectl.RefreshAsync(third.RefreshToken!, Ct)).Succeeded();
        var replay = await Kubectl.RefreshAsync(stolen.RefreshToken!, Ct);
        var newest = await Kubectl.RefreshAsync(next.RefreshToken!, Ct);

        Assert.Equal(("invalid_grant", "invalid_grant"), (replay.Error, newest.Error));
        Assert.Single(await AuditAsync(AuditEventType.RefreshReplayed, stolen));
    }

    [Fact]
    public async Task A_token_proves_that_its_code_was_redeemed_also_to_a_database_that_has_lost_it()
    {
        var code = await NewCodeAsync(Kubectl);
        var tokens = (await Kubectl.RedeemAsync(code, Ct)).Succeeded();
        await ExecuteAsync("UPDATE grants SET current_generation = 0, code_redeemed_at = NULL WHERE id = @id", ("id", tokens.GrantId));

        var next = (await Kubectl.RefreshAsync(tokens.RefreshToken!, Ct)).Succeeded();
        var again = await Kubectl.RedeemAsync(code, Ct);
        var newest = await Kubectl.RefreshAsync(next.RefreshToken!, Ct);

        Assert.Equal((2, "invalid_grant", "invalid_grant"), (next.Generation, again.Error, newest.Error));
        Assert.Single(await AuditAsync("refresh.lost_write", tokens));
        Assert.Single(await AuditAsync(AuditEventType.CodeReplayed, tokens));
    }

    [Fact]
    public async Task Of_a_grant_that_the_database_has_lost_nothing_is_issued_and_nobody_is_alarmed()
    {
        var code = await NewCodeAsync(Kubectl);
        var tokens = (await LogInAsync()).Tokens;
        await ExecuteAsync("DELETE FROM grants WHERE code_redeemed_at IS NULL OR id = @id", ("id", tokens.GrantId));

        var (redeemed, refreshed) = (await Kubectl.RedeemAsync(code, Ct), await Kubectl.RefreshAsync(tokens.RefreshToken!, Ct));

        Assert.Equal(("invalid_grant", "invalid_grant"), (redeemed.Error, refreshed.Error));
        Assert.Contains("Sign in again", refreshed.ErrorDescription, StringComparison.Ordinal);
        Assert.Empty(await AuditAsync(AuditEventType.RefreshReplayed, tokens));
    }

    [Fact]
    public async Task Parallel_refreshes_all_succeed_and_leave_one_successor()
    {
        var first = (await LogInAsync()).Tokens;

        var answers = await Task.WhenAll(Enumerable.Range(0, 10)
            .Select(_ => Task.Run(() => Kubectl.RefreshAsync(first.RefreshToken!, Ct), Ct)));

        Assert.All(answers, answer => Assert.True(answer.IsSuccess, answer.Text));
        var generations = answers.Select(answer => answer.Claims.GetProperty("jti").GetString()!.Split('.')[1]).Distinct();
        Assert.Equal(["2"], generations);
    }

    [Fact]
    public async Task At_the_sessions_absolute_end_nothing_is_refreshed_and_nothing_outlives_it()
    {
        var login = await LogInAsync();
        var end = DateTimeOffset.FromUnixTimeSeconds(login.Tokens.Claims.GetProperty("auth_time").GetInt64()) + TimeSpan.FromHours(12);

        Clock.Advance(end - Clock.GetUtcNow() - TimeSpan.FromSeconds(20));
        var last = (await Kubectl.RefreshAsync(login.Tokens.RefreshToken!, Ct)).Succeeded();
        Clock.Advance(TimeSpan.FromSeconds(25));
        var late = await Kubectl.RefreshAsync(last.RefreshToken!, Ct);

        Assert.InRange(last.Claims.GetProperty("exp").GetInt64(), 0, end.ToUnixTimeSeconds() + 1);
        Assert.Equal("invalid_grant", late.Error);
    }

    [Fact]
    public async Task A_session_ended_on_one_replica_has_ended_on_the_other()
    {
        var other = await Running.StartAnotherAsync(Ct);
        using var there = other.CreateClient();
        var first = (await LogInAsync()).Tokens;
        var second = (await there.RefreshAsync(first.RefreshToken!, Ct)).Succeeded();

        var session = first.Claims.GetProperty("sid").GetString()!;
        await Issuer.Services.GetRequiredService<SessionStore>()
            .EndAsync(new SessionId(session), new Actor("admin"), GrantEnd.SignedOut, Ct);
        var refused = await there.RefreshAsync(second.RefreshToken!, Ct);
        using var userInfo = await there.UserInfoAsync(second.AccessToken, Ct);

        Assert.Equal(("invalid_grant", HttpStatusCode.Unauthorized), (refused.Error, userInfo.StatusCode));
    }

    [Fact]
    public async Task A_disabled_person_is_refused()
    {
        var tokens = (await LogInAsync()).Tokens;

        await ExecuteAsync("UPDATE people SET disabled_at = 1 WHERE id = @id", ("id", Subject(tokens)));

        Assert.Equal("invalid_grant", (await Kubectl.RefreshAsync(tokens.RefreshToken!, Ct)).Error);
    }

    [Fact]
    public async Task Refreshes_leave_no_row_behind_and_take_two_statements_and_one_signature_each()
    {
        const int Watched = 5;
        var refreshes = 0;
        var replica = await Running.StartAnotherAsync(Ct);
        var signatures = new CountingSigners();
        foreach (var credentials in replica.Services.GetRequiredService<SigningKeys>().Published)
            credentials.CryptoProviderFactory = signatures;
        using var client = replica.CreateClient();
        var token = (await LogInAsync()).Tokens.RefreshToken!;
        var before = await Database.CountRowsAsync(Ct);

        await RefreshAsync(60);
        var statements = await Database.FewestStatementsOfAsync(2 * Watched, () => RefreshAsync(Watched), Ct);

        Assert.Equal(before, await Database.CountRowsAsync(Ct));
        Assert.Equal(2 * Watched, statements.Values.Sum());
        Assert.DoesNotContain(statements.Keys, text => text.Contains("INSERT", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(refreshes, signatures.Made);

        async Task RefreshAsync(int times)
        {
            for (var i = 0; i < times; i++, refreshes++) token = (await client.RefreshAsync(token, Ct)).Succeeded().RefreshToken!;
        }
    }

    [Fact]
    public async Task A_cluster_always_gets_a_refresh_token()
    {
        Assert.NotNull((await LogInAsync()).Tokens.RefreshToken);
    }

    [Theory]
    [InlineData("openid", false)]
    [InlineData("openid profile", false)]
    [InlineData("openid offline_access", true)]
    public async Task A_web_client_gets_a_refresh_token_when_it_asked_for_one(string scope, bool expected)
    {
        var login = await LogInAsync(Web, ("scope", scope));

        Assert.Equal(expected, login.Tokens.RefreshToken is not null);
    }

    [Theory]
    [InlineData("openid offline_access groups", "invalid_scope")]
    [InlineData("openid everything", "invalid_scope")]
    [InlineData("openid", null)]
    public async Task A_refresh_gets_no_more_scopes_than_were_granted(string scope, string? error)
    {
        var login = await LogInAsync(Web, ("scope", "openid offline_access"));

        var answer = await Web.RefreshAsync(login.Tokens.RefreshToken!, Ct, ("scope", scope));

        Assert.Equal(error, answer.Error);
    }

    [Fact]
    public async Task A_refresh_for_less_says_less_and_does_not_narrow_the_next_one()
    {
        var login = await LogInAsync(Web, ("scope", "openid offline_access profile groups"));

        var less = (await Web.RefreshAsync(login.Tokens.RefreshToken!, Ct, ("scope", "openid groups"))).Succeeded();
        var all = (await Web.RefreshAsync(less.RefreshToken!, Ct)).Succeeded();

        Assert.False(less.Claims.TryGetProperty("preferred_username", out _));
        Assert.True(less.Claims.TryGetProperty("groups", out _));
        Assert.True(all.Claims.TryGetProperty("preferred_username", out _));
    }

    [Fact]
    public async Task Another_clients_refresh_token_is_refused_and_stays_good()
    {
        using var other = Issuer.CreateClient("kubernetes-es");
        var tokens = (await LogInAsync()).Tokens;

        var refused = await other.RefreshAsync(tokens.RefreshToken!, Ct);
        var right = await Kubectl.RefreshAsync(tokens.RefreshToken!, Ct);

        Assert.Equal("invalid_grant", refused.Error);
        Assert.True(right.IsSuccess);
    }

    private async Task<List<AuditEvent>> AuditAsync(string type, TokenAnswer tokens)
    {
        var session = tokens.Claims.GetProperty("sid").GetString();
        await using var context = Database.CreateContext();
        return await context.AuditEvents.AsNoTracking().Where(entry => entry.Type == type && entry.SessionId == session).ToListAsync(Ct);
    }

    /// <summary>Counts what the issuer's private keys sign. It makes no signer that could be used twice.</summary>
    private sealed class CountingSigners : CryptoProviderFactory
    {
        private int made;

        public CountingSigners() => CacheSignatureProviders = false;

        public int Made => made;

        public override SignatureProvider CreateForSigning(SecurityKey key, string algorithm, bool cacheProvider)
        {
            Interlocked.Increment(ref made);
            return base.CreateForSigning(key, algorithm, cacheProvider);
        }
    }
}

public sealed class RefreshOnSqlite(IssuerOnSqlite running) : RefreshTests(running), IClassFixture<IssuerOnSqlite>;

public sealed class RefreshOnPostgres(IssuerOnPostgres running) : RefreshTests(running), IClassFixture<IssuerOnPostgres>;

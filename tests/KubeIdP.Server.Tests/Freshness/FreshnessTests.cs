using System.Net;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Server.Tests.Upstreams;
using Xunit;

namespace KubeIdP.Server.Tests.Freshness;

/// <summary>What a refresh makes of what the directory says now.</summary>
public abstract class FreshnessTests(RunningIssuer running, ScriptedConnector corp) : DirectoryTests(running, corp)
{
    [Fact]
    public async Task Within_a_minute_of_the_last_answer_the_directory_is_not_asked()
    {
        var alice = await LogInFromCorpAsync();
        var before = Corp.LookUps;

        Later(50);
        var refreshed = await Kubectl.RefreshAsync(alice.RefreshToken, Ct);

        Assert.True(refreshed.IsSuccess, refreshed.Text);
        Assert.Equal(before, Corp.LookUps);
    }

    // By an answer from the future nobody would be asked for as long as that.
    [Fact]
    public async Task After_the_databases_clock_was_set_back_the_directory_is_asked_again_once()
    {
        var alice = await LogInFromCorpAsync();
        var before = Corp.LookUps;
        await ExecuteAsync("UPDATE people SET groups_read_at = groups_read_at + 3600000 WHERE id = @id", ("id", Subject(alice.Tokens)));

        var first = (await Kubectl.RefreshAsync(alice.RefreshToken, Ct)).Succeeded();
        var second = await Kubectl.RefreshAsync(first.RefreshToken!, Ct);

        Assert.True(second.IsSuccess, second.Text);
        Assert.Equal(before + 1, Corp.LookUps);
    }

    [Fact]
    public async Task After_a_minute_a_refresh_shows_the_directory_as_it_is_now()
    {
        var alice = await LogInFromCorpAsync("old");
        Corp.Change(alice.UpstreamId,
            person => person with { DisplayName = "Alice Newname", Email = "new@corp.example", Groups = ["new"] });

        Later(61);
        var refreshed = (await Kubectl.RefreshAsync(alice.RefreshToken, Ct)).Succeeded();

        Assert.Equal(["new"], Strings(refreshed.Claims.GetProperty("groups")));
        Assert.Equal(("Alice Newname", "new@corp.example"),
            (refreshed.Claims.GetProperty("name").GetString(), refreshed.Claims.GetProperty("email").GetString()));
        Assert.Equal(Subject(alice.Tokens), Subject(refreshed));
    }

    [Theory]
    [InlineData(Refusal.Disabled)]
    [InlineData(Refusal.Expired)]
    [InlineData(Refusal.Unknown)]
    [InlineData(Refusal.NotAllowed)]
    public async Task A_person_whom_the_directory_refuses_is_refused_and_signed_out_everywhere(Refusal reason)
    {
        var alice = await LogInFromCorpAsync();
        Corp.Set(alice.UpstreamId, new UpstreamAnswer.Refused(reason));

        Later(61);
        var refused = await Kubectl.RefreshAsync(alice.RefreshToken, Ct);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (refused.Status, refused.Error));
        Assert.Equal([$"corp: {reason}"], (await AuditOfAsync(AuditEventType.SessionEnded, alice.Tokens)).Select(entry => entry.Detail));
        Corp.Always = null;
        Corp.Set(alice.UpstreamId,
            new UpstreamAnswer.Known(new UpstreamIdentity(Corp.Id, alice.UpstreamId, alice.Account.Username, null, null, false, [])));
        Assert.Equal("invalid_grant", (await Kubectl.RefreshAsync(alice.RefreshToken, Ct)).Error);
    }

    [Fact]
    public async Task A_lock_out_by_strangers_guesses_ends_no_session()
    {
        var alice = await LogInFromCorpAsync();
        Corp.Set(alice.UpstreamId, new UpstreamAnswer.Refused(Refusal.LockedOut));

        Later(61);
        var refreshed = await Kubectl.RefreshAsync(alice.RefreshToken, Ct);

        Assert.True(refreshed.IsSuccess, refreshed.Text);
    }

    [Fact]
    public async Task Without_an_answer_the_last_known_groups_serve_for_the_grace_and_then_nothing_does()
    {
        var alice = await LogInFromCorpAsync("platform");
        Corp.Set(alice.UpstreamId, new UpstreamAnswer.Unreachable("down"));

        Later(14 * 60);
        var within = (await Kubectl.RefreshAsync(alice.RefreshToken, Ct)).Succeeded();
        Later(2 * 60);
        var after = await Kubectl.RefreshAsync(within.RefreshToken!, Ct);
        using var userInfo = await Kubectl.UserInfoAsync(within.AccessToken, Ct);
        Corp.Set(alice.UpstreamId,
            new UpstreamAnswer.Known(new UpstreamIdentity(Corp.Id, alice.UpstreamId, alice.Account.Username, null, null, false, ["back"])));
        var again = (await Kubectl.RefreshAsync(within.RefreshToken!, Ct)).Succeeded();

        Assert.Equal(["platform"], Strings(within.Claims.GetProperty("groups")));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "temporarily_unavailable"), (after.Status, after.Error));
        Assert.Equal(HttpStatusCode.Unauthorized, userInfo.StatusCode);
        Assert.Equal(["back"], Strings(again.Claims.GetProperty("groups")));
        Assert.Equal(within.Generation + 1, again.Generation);
    }

    [Fact]
    public async Task An_unchanged_answer_costs_no_statement_beside_the_two_of_a_refresh()
    {
        const int Refreshes = 3;
        var token = (await LogInFromCorpAsync()).RefreshToken;
        var (before, asked) = (Corp.LookUps, 0);
        await RefreshAsync();

        var statements = await Database.FewestStatementsOfAsync(2 * Refreshes, async () =>
        {
            for (var i = 0; i < Refreshes; i++) await RefreshAsync();
        }, Ct);

        Assert.Equal(2 * Refreshes, statements.Values.Sum());
        Assert.Equal(before + asked, Corp.LookUps);

        async Task RefreshAsync()
        {
            Later(61);
            token = (await Kubectl.RefreshAsync(token, Ct)).Succeeded().RefreshToken!;
            asked++;
        }
    }

    [Fact]
    public async Task An_unchanged_answer_is_written_down_after_five_minutes()
    {
        var alice = await LogInFromCorpAsync();
        var atLogin = (await PersonAsync(alice.Tokens)).GroupsReadAt;

        Later(5 * 60 + 1);
        (await Kubectl.RefreshAsync(alice.RefreshToken, Ct)).Succeeded();

        Assert.True((await PersonAsync(alice.Tokens)).GroupsReadAt >= atLogin + TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task Refreshes_of_one_person_that_come_together_share_one_look_up()
    {
        var alice = await LogInFromCorpAsync();
        var gate = new TaskCompletionSource();
        Corp.Pause = _ => gate.Task;
        var before = Corp.LookUps;

        Later(61);
        var refreshes = Enumerable.Range(0, 8).Select(_ => Task.Run(() => Kubectl.RefreshAsync(alice.RefreshToken, Ct), Ct)).ToList();
        while (Corp.LookUps == before)
            await Task.Delay(20, Ct);
        await Task.Delay(500, Ct);
        gate.SetResult();
        var answers = await Task.WhenAll(refreshes);
        Corp.Pause = _ => Task.CompletedTask;

        Assert.All(answers, answer => Assert.True(answer.IsSuccess, answer.Text));

        // One that was late to read finds the answer, or begins a look-up of its own; never one for each.
        Assert.InRange(Corp.LookUps - before, 1, 2);
    }

    [Fact]
    public async Task A_directory_that_hangs_delays_nobody_within_their_minute_and_no_local_account()
    {
        var alice = await LogInFromCorpAsync();
        Later(61);
        var bob = await LogInFromCorpAsync();
        var local = await LogInAsync();
        var gate = new TaskCompletionSource();
        Corp.Pause = ct => gate.Task.WaitAsync(ct);

        var hanging = Kubectl.RefreshAsync(alice.RefreshToken, Ct);
        var fresh = await Kubectl.RefreshAsync(bob.RefreshToken, Ct);
        var own = await Kubectl.RefreshAsync(local.Tokens.RefreshToken!, Ct);

        Assert.False(hanging.IsCompleted);
        Assert.True(fresh.IsSuccess && own.IsSuccess);
        Assert.True((await hanging).IsSuccess);
        Corp.Pause = _ => Task.CompletedTask;
    }

    [Fact]
    public async Task A_password_changed_since_the_login_ends_what_the_old_one_opened()
    {
        var alice = await LogInFromCorpAsync();
        var changed = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
        Corp.Change(alice.UpstreamId, person => person with { PasswordChangedAt = changed });
        Later(61);
        var same = (await Kubectl.RefreshAsync(alice.RefreshToken, Ct)).Succeeded();

        Corp.Change(alice.UpstreamId, person => person with { PasswordChangedAt = changed.AddMinutes(1) });
        Later(61);
        var refused = await Kubectl.RefreshAsync(same.RefreshToken!, Ct);
        var again = await Kubectl.LogInAsync(Issuer.CreateBrowser(), alice.Account, Ct);
        Later(61);
        var later = await Kubectl.RefreshAsync(again.RefreshToken!, Ct);

        Assert.Equal("invalid_grant", refused.Error);
        Assert.Contains("password has been changed", refused.ErrorDescription, StringComparison.Ordinal);
        Assert.True(later.IsSuccess, later.Text);
    }

    [Fact]
    public async Task A_code_is_not_redeemed_for_somebody_whom_the_directory_refuses_meanwhile()
    {
        var alice = await LogInFromCorpAsync();
        var browser = Issuer.CreateBrowser();
        await Kubectl.LogInAsync(browser, alice.Account, Ct);
        Later(50);
        var code = await Kubectl.SignInAsync(browser, alice.Account, Ct);
        Corp.Set(alice.UpstreamId, new UpstreamAnswer.Refused(Refusal.Disabled));

        Later(20);
        var answer = await Kubectl.RedeemAsync(code, Ct);

        Assert.Equal("invalid_grant", answer.Error);
    }

    [Fact]
    public async Task A_directory_that_is_not_configured_any_more_signs_nobody_out()
    {
        var alice = await LogInFromCorpAsync();
        await ExecuteAsync("UPDATE people SET connector = 'elsewhere' WHERE id = @id", ("id", Subject(alice.Tokens)));

        Later(61);
        var within = (await Kubectl.RefreshAsync(alice.RefreshToken, Ct)).Succeeded();
        Later(15 * 60);
        var after = await Kubectl.RefreshAsync(within.RefreshToken!, Ct);

        Assert.Equal("temporarily_unavailable", after.Error);
    }
}

public sealed class FreshnessOnSqlite(CorpOnSqlite running) : FreshnessTests(running, running.Corp), IClassFixture<CorpOnSqlite>;

public sealed class FreshnessOnPostgres(CorpOnPostgres running) : FreshnessTests(running, running.Corp), IClassFixture<CorpOnPostgres>;

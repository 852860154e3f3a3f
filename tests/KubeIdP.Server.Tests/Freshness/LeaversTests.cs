using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Jobs;
using KubeIdP.Server.Enrolment;
using KubeIdP.Server.Freshness;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Server.Tests.Upstreams;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Freshness;

/// <summary>Who is gone from the directory, and how many may be.</summary>
public abstract class LeaversTests(RunningIssuer running, ScriptedConnector corp) : DirectoryTests(running, corp)
{
    private LeaversSearch Search => Issuer.Services.GetRequiredService<LeaversSearch>();

    [Fact]
    public async Task The_nightly_sweep_takes_sessions_and_factors_from_people_who_are_gone_and_from_nobody_else()
    {
        var (leaver, stayer) = (await LogInFromCorpAsync(), await LogInFromCorpAsync());
        Corp.Remove(leaver.UpstreamId);

        await Search.SearchAsync(Ct);

        Assert.Equal("invalid_grant", (await Kubectl.RefreshAsync(leaver.RefreshToken, Ct)).Error);
        Assert.Equal((0, 1), (await FactorsAsync(leaver), await FactorsAsync(stayer)));
        Assert.Equal(["corp: gone"], (await AuditOfAsync(AuditEventType.PersonRemoved, leaver.Tokens)).Select(entry => entry.Detail));
        Assert.True((await Kubectl.RefreshAsync(stayer.RefreshToken, Ct)).IsSuccess);
    }

    [Fact]
    public async Task The_name_of_a_person_who_is_gone_does_not_go_to_somebody_else()
    {
        var leaver = await LogInFromCorpAsync();
        Corp.Remove(leaver.UpstreamId);
        await Search.SearchAsync(Ct);

        Corp.Add(leaver.Account.Username, Password);
        var namesake = await TryInviteAsync(leaver.Account.Username);

        Assert.IsType<EnrolmentOffer.Refused>(namesake);
        Assert.Contains("another person", ((EnrolmentOffer.Refused)namesake).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_who_comes_back_is_the_same_person_and_sets_up_a_factor_anew()
    {
        var leaver = await LogInFromCorpAsync();
        Corp.Remove(leaver.UpstreamId);
        await Search.SearchAsync(Ct);

        Corp.Set(leaver.UpstreamId,
            new UpstreamAnswer.Known(
                new UpstreamIdentity(Corp.Id, leaver.UpstreamId, leaver.Account.Username, null, null, false, ["back"])));
        var account = await Issuer.InviteAsync(leaver.Account.Username, Password, Ct);
        var back = await Kubectl.LogInAsync(Issuer.CreateBrowser(), account, Ct);

        Assert.Equal(Subject(leaver.Tokens), Subject(back));
    }

    [Fact]
    public async Task When_the_directory_does_not_answer_the_sweep_takes_nothing()
    {
        var alice = await LogInFromCorpAsync();
        Corp.Always = new UpstreamAnswer.Unreachable("down");

        await Search.SearchAsync(Ct);
        Corp.Always = null;

        Assert.Equal(1, await FactorsAsync(alice));
    }

    [Fact]
    public async Task The_sweep_is_begun_by_one_replica_a_night()
    {
        var jobs = Issuer.Services.GetRequiredService<NightlyJobStore>();
        Clock.Advance(TimeSpan.FromDays(1));

        var begun = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => jobs.BeginAsync("a job of a test", Ct), Ct)));
        Clock.Advance(TimeSpan.FromDays(1));
        var nextNight = await jobs.BeginAsync("a job of a test", Ct);

        Assert.Single(begun, it => it);
        Assert.True(nextNight);
    }

    private async Task<int> FactorsAsync(DirectoryPerson person)
    {
        var subject = Subject(person.Tokens);
        await using var context = Database.CreateContext();
        return await context.Factors.CountAsync(factor => factor.PersonId == subject, Ct);
    }

    private async Task<EnrolmentOffer> TryInviteAsync(string username)
    {
        await using var scope = Issuer.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<EnrolmentOffers>().OfferAsync(username, null, Actor.CommandLine, Ct);
    }
}

public sealed class LeaversOnSqlite(CorpOnSqlite running) : LeaversTests(running, running.Corp), IClassFixture<CorpOnSqlite>;

public sealed class LeaversOnPostgres(CorpOnPostgres running) : LeaversTests(running, running.Corp), IClassFixture<CorpOnPostgres>;

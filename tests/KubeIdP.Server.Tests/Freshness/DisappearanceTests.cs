using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Freshness;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Server.Tests.Upstreams;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Freshness;

/// <summary>One wrong setting must not sign a company out.</summary>
public abstract class DisappearanceTests(RunningIssuer running, ScriptedConnector corp) : DirectoryTests(running, corp)
{
    [Fact]
    public async Task When_all_are_gone_at_once_it_is_an_outage_and_an_alarm()
    {
        var people = new List<DirectoryPerson>();
        for (var i = 0; i < 13; i++) people.Add(await LogInFromCorpAsync());
        Corp.Always = new UpstreamAnswer.Refused(Refusal.Unknown);
        Later(61);

        var answers = new List<string?>();
        foreach (var person in people) answers.Add((await Kubectl.RefreshAsync(person.RefreshToken, Ct)).Error);
        await Issuer.Services.GetRequiredService<LeaversSearch>().SearchAsync(Ct);
        Corp.Always = null;
        var last = await Kubectl.LogInAsync(Issuer.CreateBrowser(), people[^1].Account, Ct);

        // Ten may well have left. The others keep their sessions for the grace, and all keep their factors.
        Assert.Equal(10, answers.Count(error => error == "invalid_grant"));
        Assert.Equal(3, answers.Count(error => error is null));
        Assert.Equal(Subject(people[^1].Tokens), Subject(last));
        await using var context = Database.CreateContext();
        Assert.Equal("corp: many people are gone or without groups at once",
            (await context.AuditEvents.AsNoTracking().SingleAsync(entry => entry.Type == AuditEventType.UpstreamDisappearance, Ct)).Detail);
    }
}

public sealed class DisappearanceOnSqlite(CorpOnSqlite running) : DisappearanceTests(running, running.Corp), IClassFixture<CorpOnSqlite>;

public sealed class DisappearanceOnPostgres(CorpOnPostgres running) : DisappearanceTests(running, running.Corp),
    IClassFixture<CorpOnPostgres>;

public sealed class DisappearanceLimitTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    [Theory]
    [InlineData(10, 10, false)]
    [InlineData(11, 11, true)]
    [InlineData(50, 1_000, false)]
    [InlineData(51, 1_000, true)]
    public void More_than_ten_and_more_than_one_in_twenty_is_implausible(int gone, int asked, bool implausible) =>
        Assert.Equal(implausible, DisappearanceLimit.IsImplausible(gone, asked));

    [Fact]
    public void One_person_who_is_gone_again_and_again_is_one_person()
    {
        var watch = new DisappearanceLimit();

        Assert.All(Enumerable.Range(0, 100), _ => Assert.False(watch.Note(new PersonId("alice"), gone: true, Start)));
    }

    [Fact]
    public void Ten_who_left_long_ago_make_the_eleventh_no_alarm()
    {
        var watch = new DisappearanceLimit();
        for (var i = 0; i < 10; i++) watch.Note(new PersonId($"person {i}"), gone: true, Start);

        var later = watch.Note(new PersonId("one more"), gone: true, Start + 2 * DisappearanceLimit.Generation);

        Assert.False(later);
    }
}

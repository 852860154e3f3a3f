using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Time;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Data.Tests.Sessions;

/// <summary>What opens, what ends, and what is forgotten.</summary>
public abstract class SessionTests : StorageTests
{
    [Fact]
    public async Task Opening_raises_the_epoch_so_that_the_same_login_does_not_complete_twice()
    {
        var person = await AddPersonAsync();
        var first = SessionOf(person);
        var second = SessionOf(person);

        Assert.True(await Sessions.OpenAsync(first, GrantIn(first.Id), new NewAuditEvent(AuditEventType.LoginSucceeded), Ct));
        Assert.False(await Sessions.OpenAsync(second, GrantIn(second.Id), new NewAuditEvent(AuditEventType.LoginSucceeded), Ct));

        Assert.NotNull(await Sessions.FindLiveAsync(first.Id, Ct));
        Assert.Null(await Sessions.FindLiveAsync(second.Id, Ct));
        Assert.Single(await AuditOfAsync(AuditEventType.LoginSucceeded));
    }

    [Fact]
    public async Task Opening_with_a_stale_epoch_writes_nothing()
    {
        var person = await AddPersonAsync();
        var before = await Db.CountRowsAsync(Ct);
        var session = SessionOf(person, epoch: person.FactorEpoch + 1);

        Assert.False(await Sessions.OpenAsync(session, GrantIn(session.Id), new NewAuditEvent(AuditEventType.LoginSucceeded), Ct));

        Assert.Equal(before, await Db.CountRowsAsync(Ct));
    }

    [Fact]
    public async Task Opening_for_a_disabled_person_writes_nothing()
    {
        var person = await AddPersonAsync();
        await DisableAsync(person.Id);
        var before = await Db.CountRowsAsync(Ct);
        var session = SessionOf(person);

        Assert.False(await Sessions.OpenAsync(session, GrantIn(session.Id), new NewAuditEvent(AuditEventType.LoginSucceeded), Ct));

        Assert.Equal(before, await Db.CountRowsAsync(Ct));
    }

    [Fact]
    public async Task A_disabled_persons_session_is_not_found()
    {
        var grant = await OpenSessionAsync();
        var session = await Sessions.FindLiveAsync(grant.SessionId, Ct);

        await DisableAsync(session!.PersonId);

        Assert.Null(await Sessions.FindLiveAsync(grant.SessionId, Ct));
    }

    [Fact]
    public async Task Ending_a_session_ends_all_its_grants_and_is_done_once()
    {
        var grant = await OpenRedeemedGrantAsync();
        var other = GrantIn(grant.SessionId, "staging");
        await Sessions.OpenGrantAsync(other, new NewAuditEvent(AuditEventType.GrantOpened), Ct);
        await Grants.RedeemCodeAsync(other.Id, new ClientId("staging"));

        var first = await EndSessionAsync(grant.SessionId);
        var second = await EndSessionAsync(grant.SessionId);

        Assert.True(first);
        Assert.False(second);
        Assert.Null(await Grants.RotateAsync(grant.Id, new ClientId(Client), 1));
        Assert.Null(await Grants.RotateAsync(other.Id, new ClientId("staging"), 1));
        Assert.Null(await Sessions.FindLiveAsync(grant.SessionId, Ct));
        Assert.NotNull((await Grants.ReadAsync(grant.Id, Ct))!.EndedAt);
        Assert.Single(await AuditOfAsync(AuditEventType.SessionEnded));
    }

    [Fact]
    public async Task Ending_an_unknown_session_is_not_audited()
    {
        Assert.False(await EndSessionAsync("unknown"));
        Assert.Empty(await AuditOfAsync(AuditEventType.SessionEnded));
    }

    [Fact]
    public async Task An_ended_session_opens_no_grant()
    {
        var grant = await OpenSessionAsync();
        await EndSessionAsync(grant.SessionId);
        var before = await Db.CountRowsAsync(Ct);

        Assert.False(await Sessions.OpenGrantAsync(GrantIn(grant.SessionId), new NewAuditEvent(AuditEventType.GrantOpened), Ct));

        Assert.Equal(before, await Db.CountRowsAsync(Ct));
    }

    [Fact]
    public async Task A_session_past_its_absolute_end_is_not_found_and_opens_no_grant()
    {
        var grant = await OpenSessionAsync(lifetime: TimeSpan.FromHours(1));

        Clock.Advance(TimeSpan.FromHours(1));

        Assert.Null(await Sessions.FindLiveAsync(grant.SessionId, Ct));
        Assert.False(await Sessions.OpenGrantAsync(GrantIn(grant.SessionId), new NewAuditEvent(AuditEventType.GrantOpened), Ct));
    }

    [Fact]
    public async Task The_twenty_first_grant_of_a_client_ends_the_longest_unused_and_audits_which()
    {
        var first = await OpenRedeemedGrantAsync();
        var second = await OpenNextGrantAsync(first.SessionId);
        var elsewhere = await OpenNextGrantAsync(first.SessionId, "staging");
        for (var i = 3; i <= SessionStore.MaxLiveGrants; i++)
            await OpenNextGrantAsync(first.SessionId);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await Grants.RotateAsync(first.Id, new ClientId(Client), 1);

        var newest = await OpenNextGrantAsync(first.SessionId);

        var ended = Assert.Single(await AuditOfAsync(AuditEventType.GrantSuperseded));
        Assert.Equal(second.Id, ended.GrantId);
        Assert.Equal(GrantEnd.Superseded, (await FindGrantAsync(second.Id)).EndedWhy);
        Assert.All(await Task.WhenAll(FindGrantAsync(first.Id), FindGrantAsync(elsewhere.Id), FindGrantAsync(newest.Id)),
            grant => Assert.Null(grant.EndedAt));
    }

    [Fact]
    public async Task Pruning_forgets_codes_that_nobody_redeemed()
    {
        var stale = await OpenSessionAsync();
        Clock.Advance(TimeSpan.FromMinutes(59));
        var fresh = await OpenNextGrantAsync(stale.SessionId);

        Clock.Advance(TimeSpan.FromMinutes(2));
        await Sessions.PruneAsync(TimeSpan.FromDays(30), Ct);

        Assert.Null(await Grants.ReadAsync(stale.Id, Ct));
        Assert.NotNull(await Grants.ReadAsync(fresh.Id, Ct));
        Assert.NotNull(await Sessions.FindLiveAsync(stale.SessionId, Ct));
    }

    [Fact]
    public async Task Pruning_forgets_sessions_that_have_been_over_for_long_and_keeps_the_others()
    {
        var ended = await OpenRedeemedGrantAsync(lifetime: TimeSpan.FromDays(29));
        await EndSessionAsync(ended.SessionId);
        var ranOut = await OpenRedeemedGrantAsync(lifetime: TimeSpan.FromHours(1));
        Clock.Advance(TimeSpan.FromDays(6));
        var recent = await OpenRedeemedGrantAsync(lifetime: TimeSpan.FromDays(29));
        await EndSessionAsync(recent.SessionId);
        var live = await OpenRedeemedGrantAsync(lifetime: TimeSpan.FromDays(29));

        Clock.Advance(TimeSpan.FromDays(2));
        await Sessions.PruneAsync(TimeSpan.FromDays(7), Ct);

        await using var context = Db.CreateContext();
        Assert.Equivalent(new string[] { recent.SessionId, live.SessionId },
            await context.Sessions.Select(session => session.Id).ToListAsync(Ct), strict: true);
        Assert.Equivalent(new string[] { recent.Id, live.Id }, await context.Grants.Select(grant => grant.Id).ToListAsync(Ct),
            strict: true);
        Assert.NotEqual(ended.Id, ranOut.Id);
    }

    /// <summary>A further grant, redeemed, a second after what was before.</summary>
    private async Task<NewGrant> OpenNextGrantAsync(string sessionId, string client = Client)
    {
        Clock.Advance(TimeSpan.FromSeconds(1));
        var grant = GrantIn(sessionId, client);
        Assert.True(
            await Sessions.OpenGrantAsync(grant,
                new NewAuditEvent(AuditEventType.GrantOpened) { SessionId = sessionId, GrantId = grant.Id }, Ct));
        Assert.NotNull(await Grants.RedeemCodeAsync(grant.Id, new ClientId(client)));
        return grant;
    }

    private async Task DisableAsync(string personId)
    {
        await using var context = Db.CreateContext();
        await context.People.Where(person => person.Id == personId)
            .ExecuteUpdateAsync(set => set.SetProperty(person => person.DisabledAt, Clock.GetUtcNow()), Ct);
    }
}

public sealed class SessionOnSqlite : SessionTests
{
    protected override Task<TestDatabase> CreateAsync(FakeClock clock) => TestDatabase.SqliteAsync(clock, Ct);
}

public sealed class SessionOnPostgres : SessionTests
{
    protected override Task<TestDatabase> CreateAsync(FakeClock clock) => TestDatabase.PostgresAsync(clock, ct: Ct);
}

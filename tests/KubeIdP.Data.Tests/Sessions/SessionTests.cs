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

        Assert.NotNull(await Sessions.FindLiveAsync(new SessionHandle(first.Id, Generation: 0), Ct));
        Assert.Null(await Sessions.FindLiveAsync(new SessionHandle(second.Id, Generation: 0), Ct));
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
    public async Task Raising_begins_a_new_generation_of_the_cookie_and_keeps_end_and_grants()
    {
        var grant = await OpenRedeemedGrantAsync();
        var before = (await Sessions.FindLiveAsync(new SessionHandle(grant.SessionId, Generation: 0), Ct))!;
        Clock.Advance(TimeSpan.FromMinutes(20));

        Assert.True(await RaiseAsync(before, "pwd otp hwk mfa"));

        Assert.Null(await Sessions.FindLiveAsync(before.Handle, Ct));
        var raised = (await Sessions.FindLiveAsync(new SessionHandle(grant.SessionId, Generation: 1), Ct))!;
        Assert.Equal((before.Id, before.PersonId, before.EndsAt, before.FactorEpoch + 1, "pwd otp hwk mfa"),
            (raised.Id, raised.PersonId, raised.EndsAt, raised.FactorEpoch, raised.Amr));
        Assert.InRange(raised.AuthTime - before.AuthTime, TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(21));
        var refreshed = (await Grants.ReadAsync(grant.Id, Ct))!;
        Assert.Equal((raised.Amr, raised.AuthTime, null), (refreshed.Amr, refreshed.AuthTime, refreshed.EndedAt));
        Assert.Equal((string)before.PersonId, Assert.Single(await AuditOfAsync(AuditEventType.SessionRaised)).PersonId);
        Assert.Equal(raised.Handle, await Sessions.FindOpenedAsync("raising", before.PersonId, TimeSpan.FromSeconds(30), Ct));
    }

    [Fact]
    public async Task Of_two_logins_that_raise_a_session_at_once_one_does()
    {
        var before = await BrowserAsync();

        var both = await Task.WhenAll(RaiseAsync(before, "pwd otp mfa"), RaiseAsync(before, "pwd otp mfa"));

        Assert.Single(both, raised => raised);
        Assert.NotNull(await Sessions.FindLiveAsync(before.Handle with { Generation = 1 }, Ct));
        Assert.Single(await AuditOfAsync(AuditEventType.SessionRaised));
    }

    [Theory]
    [InlineData("ended")]
    [InlineData("past its end")]
    [InlineData("raised meanwhile")]
    [InlineData("of another person")]
    [InlineData("of a disabled person")]
    [InlineData("of a person whose factors have changed")]
    public async Task A_session_is_not_raised_and_nothing_is_written_if_it_is(string what)
    {
        var found = await BrowserAsync();
        switch (what)
        {
            case "ended": await EndSessionAsync(found.Id); break;
            case "past its end": Clock.Advance(SessionLifetime); break;
            case "raised meanwhile":
                Assert.True(await RaiseAsync(found, "pwd otp mfa"));
                found = found with { FactorEpoch = found.FactorEpoch + 1 };
                break;
            case "of another person": found = found with { PersonId = (await BrowserAsync()).PersonId }; break;
            case "of a disabled person": await DisableAsync(found.PersonId); break;
            default: found = found with { FactorEpoch = found.FactorEpoch - 1 }; break;
        }

        var rows = await Db.CountRowsAsync(Ct);
        var epochs = await EpochsAsync();

        Assert.False(await RaiseAsync(found, "pwd hwk mfa"));

        Assert.Equal(rows, await Db.CountRowsAsync(Ct));
        Assert.Equal(epochs, await EpochsAsync());
        await using var context = Db.CreateContext();
        Assert.DoesNotContain(await context.Sessions.ToListAsync(Ct), session => session.Amr == "pwd hwk mfa");
    }

    [Fact]
    public async Task A_disabled_persons_session_is_not_found()
    {
        var grant = await OpenSessionAsync();
        var session = await Sessions.FindLiveAsync(new SessionHandle(grant.SessionId, Generation: 0), Ct);

        await DisableAsync(session!.PersonId);

        Assert.Null(await Sessions.FindLiveAsync(new SessionHandle(grant.SessionId, Generation: 0), Ct));
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
        Assert.Null(await Sessions.FindLiveAsync(new SessionHandle(grant.SessionId, Generation: 0), Ct));
        Assert.NotNull((await Grants.ReadAsync(grant.Id, Ct))!.EndedAt);
        Assert.Single(await AuditOfAsync(AuditEventType.SessionEnded));
    }

    [Fact]
    public async Task The_audit_event_of_an_ended_session_says_who_ended_it_from_where_and_why()
    {
        var (grant, other) = (await OpenSessionAsync(), await OpenSessionAsync());
        var by = new Actor("alice", "192.0.2.7", "ref-1") { Reason = "lost laptop" };

        await Sessions.EndAsync(grant.SessionId, by, GrantEnd.SignedOut, Ct, "signed out at the client", grant.ClientId, grant.Id);
        await Sessions.EndAsync(other.SessionId, Actor.Issuer, GrantEnd.Idle, Ct);

        Assert.Equal("alice", (await Sessions.FindEndAsync(grant.SessionId, Ct))!.EndedBy);
        Assert.Equal("issuer", (await Sessions.FindEndAsync(other.SessionId, Ct))!.EndedBy);
        var audit = await AuditOfAsync(AuditEventType.SessionEnded);
        var ended = Assert.Single(audit, one => one.SessionId == grant.SessionId);
        Assert.Equal(("alice", "192.0.2.7", "ref-1", "lost laptop", "signed out at the client", grant.ClientId.Value, grant.Id.Value),
            (ended.Actor, ended.Address, ended.Reference, ended.Reason, ended.Detail, ended.ClientId, ended.GrantId));
        Assert.NotNull(ended.PersonId);
        var idle = Assert.Single(audit, one => one.SessionId == other.SessionId);
        Assert.Equal(("issuer", GrantEnd.Idle, null, null), (idle.Actor, idle.Detail, idle.ClientId, idle.GrantId));
    }

    [Fact]
    public async Task A_person_ends_their_own_sessions_and_no_other_persons()
    {
        var (grant, other) = (await OpenSessionAsync(), await OpenSessionAsync());
        var session = await Sessions.FindLiveAsync(new SessionHandle(grant.SessionId, Generation: 0), Ct);
        var (own, by) = (new OwnSessionStore(Db.Database, Db.AuditLog), new Actor(session!.PersonId, "192.0.2.7", "ref-1"));

        Assert.False(await own.EndAsync(session.PersonId, other.SessionId, by, GrantEnd.EndedByPerson, Ct));
        Assert.True(await own.EndAsync(session.PersonId, grant.SessionId, by, GrantEnd.EndedByPerson, Ct));

        var ended = Assert.Single(await AuditOfAsync(AuditEventType.SessionEnded));
        Assert.Equal((by.Name, by.Address, by.Reference, GrantEnd.EndedByPerson, by.Name, grant.SessionId.Value),
            (ended.Actor, ended.Address, ended.Reference, ended.Detail, ended.PersonId, ended.SessionId));
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

        Assert.Null(await Sessions.FindLiveAsync(new SessionHandle(grant.SessionId, Generation: 0), Ct));
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
        Assert.NotNull(await Sessions.FindLiveAsync(new SessionHandle(stale.SessionId, Generation: 0), Ct));
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

    /// <summary>The live session of a new person, as their browser finds it.</summary>
    private async Task<BrowserSession> BrowserAsync() =>
        (await Sessions.FindLiveAsync(new SessionHandle((await OpenSessionAsync()).SessionId, Generation: 0), Ct))!;

    private Task<bool> RaiseAsync(BrowserSession found, string amr) => Sessions.RaiseAsync(
        new RaisedSession(found.Handle, found.PersonId, found.FactorEpoch, amr, "raising"),
        new NewAuditEvent(AuditEventType.SessionRaised) { PersonId = found.PersonId }, Ct);

    private async Task<List<long>> EpochsAsync()
    {
        await using var context = Db.CreateContext();
        return await context.People.OrderBy(person => person.Id).Select(person => person.FactorEpoch).ToListAsync(Ct);
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

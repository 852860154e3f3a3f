using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Network;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Data.Sessions;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Time;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Data.Tests.Sessions;

public abstract class BulkEndingTests : StorageTests
{
    private static readonly Actor By = new("carol", "192.0.2.9", "ref") { Reason = "the laptop of a whole team" };

    private BulkEnding Bulk => new(Db.Database, Db.AuditLog);

    [Fact]
    public async Task What_the_filter_means_ends_with_grants_and_audit_and_nothing_else_does()
    {
        var (ended, kept) = (new List<NewGrant>(), await OpenRedeemedGrantAsync());
        for (var i = 0; i < 3; i++) ended.Add(await OpenRedeemedGrantAsync());
        Clock.Advance(TimeSpan.FromMinutes(1));
        var person = await AddPersonAsync("bob");
        await MoveAsync([.. ended.Select(grant => grant.SessionId)], "ops");
        var progress = new List<long>();

        var size = await Bulk.MeasureAsync(new SessionFilter { Group = "ops" }, Ct);
        var count = await Bulk.EndAsync(new SessionFilter { Group = "ops" }, By, GrantEnd.EndedByAdministrator, progress.Add, Ct);

        Assert.Equal(new BulkSize(3, 3), size);
        Assert.Equal((3, 3), (count, progress.Single()));
        Assert.Equal(new BulkSize(0, 0), await Bulk.MeasureAsync(new SessionFilter { Group = "ops" }, Ct));
        Assert.Equal(GrantVerdict.Rotated, (await Grants.RotateAsync(kept.Id, new ClientId(Client), 1))!.Value.Verdict);
        foreach (var grant in ended)
        {
            Assert.Null(await Grants.RotateAsync(grant.Id, new ClientId(Client), 1));
            Assert.Equal(GrantEnd.EndedByAdministrator, (await FindGrantAsync(grant.Id)).EndedWhy);
        }

        var auditEvents = await AuditOfAsync(AuditEventType.SessionEnded);
        Assert.Equal(ended.Select(grant => grant.SessionId.Value).Order(), auditEvents.Select(auditEvent => auditEvent.SessionId).Order());
        Assert.All(auditEvents, auditEvent => Assert.Equal(
            ("carol", "192.0.2.9", "ref", "the laptop of a whole team", GrantEnd.EndedByAdministrator, true),
            (auditEvent.Actor, auditEvent.Address, auditEvent.Reference, auditEvent.Reason, auditEvent.Detail,
                auditEvent.PersonId is not null)));
        Assert.Equal(0, person.FactorEpoch);
    }

    [Fact]
    public async Task Clients_are_those_that_received_something_and_notified_when_they_are_in_every_session()
    {
        var grant = await OpenRedeemedGrantAsync();
        var other = await OpenRedeemedGrantAsync();
        foreach (var (session, client, isNotified) in ((string, string, bool)[])[(grant.SessionId, "told", true),
            (grant.SessionId, "partly", true), (other.SessionId, "partly", false)])
        {
            var opened = GrantIn(session, client) with { NotifiesOfLogout = isNotified };
            await Sessions.OpenGrantAsync(opened, new("grant.opened"), Ct);
            Assert.NotNull(await Grants.RedeemCodeAsync(opened.Id, new ClientId(client)));
        }

        await Sessions.OpenGrantAsync(GrantIn(grant.SessionId, "unredeemed"), new("grant.opened"), Ct);
        var reached = new ReachedClients(Db.Database);

        Assert.Equal(
            [new(new ClientId(Client), IsNotified: false), new(new ClientId("partly"), IsNotified: true),
                new(new ClientId("told"), IsNotified: true)],
                (await reached.OfAsync(grant.SessionId, Ct)).OrderBy(client => client.ClientId != Client)
                    .ThenBy(client => client.ClientId.Value));
        Assert.Equal(
            [new(new ClientId(Client), IsNotified: false), new(new ClientId("partly"), IsNotified: false),
                new(new ClientId("told"), IsNotified: true)],
                (await reached.OfAsync(new SessionFilter(), Ct)).OrderBy(client => client.ClientId != Client)
                    .ThenBy(client => client.ClientId.Value));

        await EndSessionAsync(grant.SessionId);
        Assert.Equal(3, (await reached.OfAsync(grant.SessionId, Ct)).Count);
        Assert.DoesNotContain(await reached.OfAsync(new SessionFilter(), Ct), client => client.ClientId == "told");
    }

    [Fact]
    public async Task What_has_not_been_used_for_the_idle_time_is_no_live_session()
    {
        var idle = new SessionFilter { IdleTimeout = TimeSpan.FromMinutes(10) };
        var grant = await OpenRedeemedGrantAsync();
        Clock.Advance(TimeSpan.FromMinutes(9));
        var unused = await Bulk.MeasureAsync(idle, Ct);
        await Grants.RotateAsync(grant.Id, new ClientId(Client), 1);
        Clock.Advance(TimeSpan.FromMinutes(9));
        var used = await Bulk.MeasureAsync(idle, Ct);
        Clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal((1, 1), (unused.Sessions, used.Sessions));
        Assert.Equal(0, (await Bulk.MeasureAsync(idle, Ct)).Sessions);
    }

    // Otherwise a login that is completed after the revocation would open a session again.
    [Fact]
    public async Task A_half_finished_login_of_somebody_whose_session_ends_is_over()
    {
        var person = await AddPersonAsync();
        var session = SessionOf(person);
        Assert.True(await Sessions.OpenAsync(session, GrantIn(session.Id), new NewAuditEvent(AuditEventType.LoginSucceeded), Ct));
        var halfFinished = SessionOf(person, epoch: person.FactorEpoch + 1);

        Assert.Equal(1, await Bulk.EndAsync(new SessionFilter(), By, GrantEnd.EndedByAdministrator, progress: null, Ct));

        Assert.False(
            await Sessions.OpenAsync(halfFinished, GrantIn(halfFinished.Id), new NewAuditEvent(AuditEventType.LoginSucceeded), Ct));
    }

    // Of each kind also what was stored before addresses had one form.
    [Theory]
    [InlineData("10.1.2.3", 1)]
    [InlineData("10.1.2.4", 1)]
    [InlineData("10.1.2.5", 0)]
    [InlineData("2001:DB8:0::5", 1)]
    [InlineData("10.1.0.0/16", 2)]
    [InlineData("10.0.0.0/8", 3)]
    [InlineData("10.1.2.4/31", 1)]
    [InlineData("0.0.0.0/0", 3)]
    [InlineData("2001:db8::/64", 1)]
    [InlineData("2001:db8:1::/64", 0)]
    [InlineData("fd00::/8", 1)]
    [InlineData("::/0", 3)]
    public async Task Those_from_an_address_or_a_network_are_meant(string range, int sessions)
    {
        foreach (var address in (string?[])["10.1.2.3", "::ffff:10.1.2.4", "10.2.0.1", "2001:db8::5", "fd00::ffff:1", "::ffff:0:102:304",
            "20010db800000001", "unknown", null])
        {
            var session = await OpenSessionAsync();
            await using var context = Db.CreateContext();
            await context.Sessions.Where(one => one.Id == session.SessionId)
                .ExecuteUpdateAsync(one => one.SetProperty(of => of.Address, address), Ct);
        }

        Assert.Equal(sessions, (await Bulk.MeasureAsync(new SessionFilter { Address = AddressRange.Parse(range) }, Ct)).Sessions);
        Assert.Equal(sessions,
            await Bulk.EndAsync(new SessionFilter { Address = AddressRange.Parse(range) }, By, GrantEnd.EndedByAdministrator,
                progress: null, Ct));
    }

    [Fact]
    public async Task Only_those_since_a_moment_end()
    {
        var before = await OpenSessionAsync();
        Clock.Advance(TimeSpan.FromHours(1));
        var moment = Clock.GetUtcNow();
        var after = await OpenSessionAsync();

        Assert.Equal(1, await Bulk.EndAsync(new SessionFilter { Since = moment }, By, GrantEnd.EndedByAdministrator, progress: null, Ct));

        Assert.NotNull(await Sessions.FindLiveAsync(new SessionHandle(before.SessionId, Generation: 0), Ct));
        Assert.Null(await Sessions.FindLiveAsync(new SessionHandle(after.SessionId, Generation: 0), Ct));
    }

    [Fact]
    public async Task More_than_a_batch_and_two_at_once_end_each_session_once()
    {
        const int Count = 1_200;
        var person = await AddPersonAsync();
        await AddSessionsAsync(person, Count);

        var ended = await RaceAsync(2, _ => Bulk.EndAsync(new SessionFilter(), By, GrantEnd.EndedByAdministrator, progress: null, Ct));

        Assert.Equal(Count, ended.Sum());
        Assert.Equal(Count, (await AuditOfAsync(AuditEventType.SessionEnded)).Count);
        Assert.Equal(new BulkSize(0, 0), await Bulk.MeasureAsync(new SessionFilter(), Ct));
    }

    private async Task AddSessionsAsync(Person person, int count)
    {
        await using var context = Db.CreateContext();
        var now = Clock.GetUtcNow();
        context.AddRange(Enumerable.Range(0, count).Select(_ => new Session
        {
            Id = Guid.NewGuid().ToString("N"), PersonId = person.Id, AuthTime = now, Amr = "pwd otp mfa", LastSeenAt = now,
                EndsAt = now + SessionLifetime,
        }));
        await context.SaveChangesAsync(Ct);
    }

    private async Task MoveAsync(IReadOnlyList<string> sessions, string group)
    {
        await using var context = Db.CreateContext();
        foreach (var person in await context.People.Where(person =>
            context.Sessions.Any(session => session.PersonId == person.Id && sessions.Contains(session.Id))).ToListAsync(Ct))
            person.Groups = [group];
        await context.SaveChangesAsync(Ct);
    }
}

public sealed class BulkEndingOnSqlite : BulkEndingTests
{
    protected override Task<TestDatabase> CreateAsync(FakeClock clock) => TestDatabase.SqliteAsync(clock, Ct);
}

public sealed class BulkEndingOnPostgres : BulkEndingTests
{
    protected override Task<TestDatabase> CreateAsync(FakeClock clock) => TestDatabase.PostgresAsync(clock, ct: Ct);
}

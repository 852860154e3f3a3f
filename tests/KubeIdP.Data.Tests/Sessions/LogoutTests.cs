using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Time;
using Xunit;

namespace KubeIdP.Data.Tests.Sessions;

/// <summary>Which clients are due to be notified that a session has ended.</summary>
public abstract class LogoutTests : StorageTests
{
    private LogoutStore Logouts => new(Db.Database, Db.AuditLog);

    [Fact]
    public async Task A_client_with_a_logout_address_is_due_once_the_session_has_ended()
    {
        var (session, person) = await OpenAsync(hears: true);
        var (deaf, _) = await OpenAsync(hears: false);
        Assert.Empty(await Logouts.TakeAsync(new ClientId(Client), 10, Ct));

        Assert.True(await EndSessionAsync(session));
        Assert.True(await EndSessionAsync(deaf));

        Assert.Empty(await Logouts.TakeAsync(new ClientId("another"), 10, Ct));
        var due = Assert.Single(await Logouts.TakeAsync(new ClientId(Client), 10, Ct));
        Assert.Equal((session, person, 1), (due.SessionId, due.PersonId, due.Attempts));
        Assert.Empty(await Logouts.TakeAsync(new ClientId(Client), 10, Ct));
        await Logouts.DeliveredAsync(new SessionId(session), new ClientId(Client), Ct);
        Clock.Advance(TimeSpan.FromDays(1));
        Assert.Empty(await Logouts.TakeAsync(new ClientId(Client), 10, Ct));
    }

    // A stolen refresh token ends its grant; the session, and the client's own session with it, stays.
    [Fact]
    public async Task A_grant_that_ended_alone_is_due_with_its_session()
    {
        var (session, _) = await OpenAsync(hears: true);
        var second = GrantIn(session) with { NotifiesOfLogout = true };
        Assert.True(await Sessions.OpenGrantAsync(second, new NewAuditEvent(AuditEventType.GrantOpened), Ct));
        await Grants.EndAsync(second.Id, new ClientId(Client), GrantEnd.Revoked, new NewAuditEvent(AuditEventType.GrantEnded));
        Assert.Empty(await Logouts.TakeAsync(new ClientId(Client), 10, Ct));

        Assert.True(await EndSessionAsync(session));

        Assert.Equal(session, Assert.Single(await Logouts.TakeAsync(new ClientId(Client), 10, Ct)).SessionId);
        await Logouts.DeliveredAsync(new SessionId(session), new ClientId(Client), Ct);
        Clock.Advance(TimeSpan.FromDays(1));
        Assert.Empty(await Logouts.TakeAsync(new ClientId(Client), 10, Ct));
    }

    [Fact]
    public async Task What_was_not_delivered_is_due_again_after_pauses_that_grow()
    {
        var (session, _) = await OpenAsync(hears: true);
        Assert.True(await EndSessionAsync(session));
        var pauses = new List<double>();
        var last = Clock.GetUtcNow();
        for (var attempt = 1; attempt <= 10; attempt++)
        {
            while (await Logouts.TakeAsync(new ClientId(Client), 10, Ct) is []) Clock.Advance(LogoutStore.FirstDelay);
            pauses.Add(Math.Round((Clock.GetUtcNow() - last) / LogoutStore.FirstDelay));
            last = Clock.GetUtcNow();
        }

        Assert.Equal([0, 1, 2, 4, 8, 16, 32, 64, 128, 128], pauses);
    }

    [Fact]
    public async Task A_delivery_that_is_given_up_is_recorded_once()
    {
        var (session, person) = await OpenAsync(hears: true);
        Assert.True(await EndSessionAsync(session));
        var due = Assert.Single(await Logouts.TakeAsync(new ClientId(Client), 10, Ct));

        await Logouts.GiveUpAsync(due, new ClientId(Client), "it answered 500", Ct);
        await Logouts.GiveUpAsync(due, new ClientId(Client), "it answered 500", Ct);

        var auditEvent = Assert.Single(await AuditOfAsync(AuditEventType.LogoutUndelivered));
        Assert.Equal((person, session, Client, "it answered 500"),
            (auditEvent.PersonId, auditEvent.SessionId, auditEvent.ClientId, auditEvent.Detail));
    }

    [Fact]
    public async Task Replicas_that_take_at_once_take_different_ones()
    {
        var sessions = new List<string>();
        for (var i = 0; i < 40; i++) sessions.Add((await OpenAsync(hears: true)).SessionId);
        foreach (var session in sessions) Assert.True(await EndSessionAsync(session));

        var taken = await RaceAsync(8, async _ =>
        {
            var mine = new List<string>();
            while (await Logouts.TakeAsync(new ClientId(Client), 3, Ct) is { Count: > 0 } due)
                mine.AddRange(due.Select(one => one.SessionId.Value));
            return mine;
        });

        // One that finds that others were quicker may go home early; what it left is there for the next look.
        var rest = (await Logouts.TakeAsync(new ClientId(Client), 100, Ct)).Select(one => one.SessionId.Value);
        Assert.Equal(sessions.Order(), taken.SelectMany(mine => mine).Concat(rest).Order());
    }

    private async Task<(string SessionId, string PersonId)> OpenAsync(bool hears)
    {
        var person = await AddPersonAsync($"person-{Guid.NewGuid():N}");
        var session = SessionOf(person);
        Assert.True(
            await Sessions.OpenAsync(session, GrantIn(session.Id) with { NotifiesOfLogout = hears },
                new NewAuditEvent(AuditEventType.LoginSucceeded), Ct));
        return (session.Id, person.Id);
    }
}

public sealed class LogoutSqliteTests : LogoutTests
{
    protected override Task<TestDatabase> CreateAsync(FakeClock clock) => TestDatabase.SqliteAsync(clock, Ct);
}

public sealed class LogoutPostgresTests : LogoutTests
{
    protected override Task<TestDatabase> CreateAsync(FakeClock clock) => TestDatabase.PostgresAsync(clock, ct: Ct);
}

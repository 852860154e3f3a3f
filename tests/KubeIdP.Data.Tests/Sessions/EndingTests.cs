using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Time;
using Xunit;

namespace KubeIdP.Data.Tests.Sessions;

/// <summary>How others learn what has ended.</summary>
public abstract class EndingTests : StorageTests
{
    protected EndingStore Endings => new(Db.Database);

    [Fact]
    public async Task What_ended_within_the_window_is_read_and_nothing_else()
    {
        var (early, late, live) = (await OpenRedeemedGrantAsync(), await OpenRedeemedGrantAsync(), await OpenRedeemedGrantAsync());
        await EndSessionAsync(early.SessionId);
        Clock.Advance(TimeSpan.FromMinutes(3));
        await EndSessionAsync(late.SessionId);
        await using var listener = await Endings.ListenAsync(Ct);

        var recent = await listener.ReadAsync(TimeSpan.FromMinutes(2), Ct);

        Assert.Equal(new string[] { late.Id, late.SessionId }.Order(StringComparer.Ordinal), recent.Order(StringComparer.Ordinal));
        Assert.True(await Endings.HaveNotEndedAsync(live.Id, live.SessionId, Ct));
    }

    [Fact]
    public async Task A_grant_lives_while_neither_it_nor_its_session_has_ended()
    {
        var (ended, revoked, live) = (await OpenRedeemedGrantAsync(), await OpenRedeemedGrantAsync(), await OpenRedeemedGrantAsync());
        await EndSessionAsync(ended.SessionId);
        await Grants.EndAsync(revoked.Id, new ClientId(Client), GrantEnd.Revoked, new NewAuditEvent(AuditEventType.GrantEnded));

        Assert.False(await Endings.HaveNotEndedAsync(ended.Id, ended.SessionId, Ct));
        Assert.False(await Endings.HaveNotEndedAsync(revoked.Id, revoked.SessionId, Ct));
        Assert.True(await Endings.HaveNotEndedAsync(live.Id, live.SessionId, Ct));
        Assert.False(await Endings.HaveNotEndedAsync(live.Id, revoked.SessionId, Ct));
        Assert.False(await Endings.HaveNotEndedAsync(new GrantId("unknown"), new SessionId("unknown"), Ct));
    }
}

public sealed class EndingSqliteTests : EndingTests
{
    protected override Task<TestDatabase> CreateAsync(FakeClock clock) => TestDatabase.SqliteAsync(clock, Ct);
}

public sealed class EndingPostgresTests : EndingTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    protected override Task<TestDatabase> CreateAsync(FakeClock clock) => TestDatabase.PostgresAsync(clock, ct: Ct);

    // The triggers are no part of the model: a migration that was made anew may have lost them.
    [Theory]
    [InlineData("sessions", true)]
    [InlineData("grants", true)]
    [InlineData("refresh", false)]
    public async Task An_ending_wakes_the_listeners_and_a_refresh_does_not(string what, bool wakes)
    {
        var grant = await OpenRedeemedGrantAsync();
        await using var listener = await Endings.ListenAsync(Ct);

        if (what == "refresh")
            Assert.Equal(GrantVerdict.Rotated, (await Grants.RotateAsync(grant.Id, new ClientId(Client), 1))!.Value.Verdict);
        else await ExecuteAsync($"UPDATE {what} SET ended_at = {Db.Database.Now} WHERE id = @id",
            what == "grants" ? grant.Id : grant.SessionId);

        Assert.Equal(wakes, await listener.WaitAsync(wakes ? Long : TimeSpan.FromMilliseconds(300), Ct));
    }

    private async Task ExecuteAsync(string text, string id)
    {
        await using var connection = await Db.Database.OpenAsync(Ct);
        await using var command = Db.Database.Command(connection, text, ("id", id));
        Assert.Equal(1, await command.ExecuteNonQueryAsync(Ct));
    }
}

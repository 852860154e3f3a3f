using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Time;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Data.Tests.Sessions;

/// <summary>Many connections at one row. They share nothing but the database, as replicas do.</summary>
public abstract class RaceTests : StorageTests
{
    private const int Runners = 20;

    [Fact]
    public async Task Parallel_rotations_of_one_token_all_receive_the_one_successor()
    {
        var grant = await OpenRedeemedGrantAsync();

        var uses = await RaceAsync(Runners, _ => Grants.RotateAsync(grant.Id, new ClientId(Client), 1));

        Assert.All(uses, use => Assert.Equal(2, use?.Generation));
        Assert.Single(uses, use => use?.Verdict == GrantVerdict.Rotated);
        Assert.Equal(Runners - 1, uses.Count(use => use?.Verdict == GrantVerdict.Repeated));
        Assert.Equal(2, (await FindGrantAsync(grant.Id)).CurrentGeneration);
    }

    [Fact]
    public async Task Parallel_rotations_of_a_token_newer_than_the_database_all_receive_the_one_successor()
    {
        var grant = await OpenRedeemedGrantAsync();

        var uses = await RaceAsync(Runners, _ => Grants.RotateAsync(grant.Id, new ClientId(Client), 2));

        Assert.All(uses, use => Assert.Equal(3, use?.Generation));
        Assert.Single(uses, use => use?.Verdict == GrantVerdict.LostWrite);
        Assert.Equal(Runners - 1, uses.Count(use => use?.Verdict == GrantVerdict.Repeated));
    }

    [Fact]
    public async Task Of_parallel_redemptions_of_one_code_exactly_one_succeeds()
    {
        var grant = await OpenSessionAsync();

        var redeemed = await RaceAsync(Runners, _ => Grants.RedeemCodeAsync(grant.Id, new ClientId(Client)));

        Assert.Single(redeemed, at => at is not null);
    }

    [Fact]
    public async Task Of_parallel_completions_of_one_login_exactly_one_opens_a_session()
    {
        var person = await AddPersonAsync();

        var opened = await RaceAsync(Runners, _ =>
        {
            var session = SessionOf(person);
            return Sessions.OpenAsync(session, GrantIn(session.Id), new NewAuditEvent(AuditEventType.LoginSucceeded), Ct);
        });

        Assert.Single(opened, won => won);
        Assert.Equal(1, (await Db.CountRowsAsync(Ct))["sessions"]);
    }

    [Fact]
    public async Task Nothing_rotates_after_the_end_of_its_session_was_answered()
    {
        for (var round = 0; round < 25; round++)
        {
            var grant = await OpenRedeemedGrantAsync();
            var ended = false;

            var late = await RaceAsync(5, async runner =>
            {
                if (runner > 0) return await RotateUntilRefusedAsync(grant.Id, () => Volatile.Read(ref ended));
                await EndSessionAsync(grant.SessionId);
                Volatile.Write(ref ended, true);
                return false;
            });

            Assert.DoesNotContain(true, late);
        }
    }

    [Fact]
    public async Task A_grant_opened_beside_the_end_of_its_session_does_not_outlive_it()
    {
        for (var round = 0; round < 25; round++)
        {
            var sessionId = (await OpenSessionAsync()).SessionId;

            await RaceAsync(5, runner => runner == 0
                ? EndSessionAsync(sessionId)
                : Sessions.OpenGrantAsync(GrantIn(sessionId), new NewAuditEvent(AuditEventType.GrantOpened), Ct));

            await using var context = Db.CreateContext();
            Assert.Equal(0, await context.Grants.CountAsync(grant => grant.SessionId == sessionId && grant.EndedAt == null, Ct));
        }
    }

    [Fact]
    public async Task Grants_opened_side_by_side_never_exceed_the_limit()
    {
        var sessionId = (await OpenSessionAsync()).SessionId;

        var opened = await RaceAsync(Runners + 5,
            _ => Sessions.OpenGrantAsync(GrantIn(sessionId), new NewAuditEvent(AuditEventType.GrantOpened), Ct));

        await using var context = Db.CreateContext();
        Assert.All(opened, Assert.True);
        Assert.Equal(SessionStore.MaxLiveGrants,
            await context.Grants.CountAsync(grant => grant.SessionId == sessionId && grant.EndedAt == null, Ct));
    }

    /// <summary>True when a rotation that began after the end was answered succeeded nevertheless.</summary>
    private async Task<bool> RotateUntilRefusedAsync(string grantId, Func<bool> ended)
    {
        var generation = 1;
        while (true)
        {
            var late = ended();
            if (await Grants.RotateAsync(new GrantId(grantId), new ClientId(Client), generation)
                is not { Verdict: not GrantVerdict.Replayed } use)
                return false;
            if (late) return true;
            generation = use.Generation;
        }
    }
}

public sealed class RacesOnSqlite : RaceTests
{
    protected override Task<TestDatabase> CreateAsync(FakeClock clock) => TestDatabase.SqliteAsync(clock, Ct);
}

public sealed class RacesOnPostgres : RaceTests
{
    protected override Task<TestDatabase> CreateAsync(FakeClock clock) => TestDatabase.PostgresAsync(clock, ct: Ct);
}

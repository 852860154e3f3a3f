using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Sessions;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Time;
using Xunit;

namespace KubeIdP.Data.Tests.Sessions;

/// <summary>Rotation that is exact and forgiving: what each presented generation of a refresh token leads to.</summary>
public abstract class RotationTests : StorageTests
{
    [Fact]
    public async Task The_current_generation_makes_room_for_the_next()
    {
        var grant = await OpenRedeemedGrantAsync();

        var first = await Grants.RotateAsync(grant.Id, new ClientId(Client), 1);
        var second = await Grants.RotateAsync(grant.Id, new ClientId(Client), 2);

        AssertUse(GrantVerdict.Rotated, 2, first);
        AssertUse(GrantVerdict.Rotated, 3, second);
        Assert.Equal(2, (await FindGrantAsync(grant.Id)).Refreshes);
    }

    [Fact]
    public async Task The_previous_generation_gets_the_same_current_one_within_ten_seconds()
    {
        var grant = await OpenRedeemedGrantAsync();
        await Grants.RotateAsync(grant.Id, new ClientId(Client), 1);

        Clock.Advance(TimeSpan.FromSeconds(8));
        var repeated = await Grants.RotateAsync(grant.Id, new ClientId(Client), 1);
        var again = await Grants.RotateAsync(grant.Id, new ClientId(Client), 1);

        AssertUse(GrantVerdict.Repeated, 2, repeated);
        AssertUse(GrantVerdict.Repeated, 2, again);
    }

    // Otherwise a thief who repeats every nine seconds would keep the previous generation alive for ever.
    [Fact]
    public async Task A_repetition_does_not_prolong_the_ten_seconds()
    {
        var grant = await OpenRedeemedGrantAsync();
        await Grants.RotateAsync(grant.Id, new ClientId(Client), 1);

        Clock.Advance(TimeSpan.FromSeconds(8));
        await Grants.RotateAsync(grant.Id, new ClientId(Client), 1);
        Clock.Advance(TimeSpan.FromSeconds(3));
        var late = await Grants.RotateAsync(grant.Id, new ClientId(Client), 1);

        Assert.Equal(GrantVerdict.LostAnswer, late?.Verdict);
    }

    [Theory]
    [InlineData(11)]
    [InlineData((15 * 60) - 5)]
    public async Task The_previous_generation_later_means_a_lost_answer_and_gets_a_new_one(int seconds)
    {
        var grant = await OpenRedeemedGrantAsync();
        await Grants.RotateAsync(grant.Id, new ClientId(Client), 1);

        Clock.Advance(TimeSpan.FromSeconds(seconds));
        var lost = await Grants.RotateAsync(grant.Id, new ClientId(Client), 1);
        var next = await Grants.RotateAsync(grant.Id, new ClientId(Client), 3);

        AssertUse(GrantVerdict.LostAnswer, 3, lost);
        AssertUse(GrantVerdict.Rotated, 4, next);
    }

    [Fact]
    public async Task An_answer_may_get_lost_twice()
    {
        var grant = await OpenRedeemedGrantAsync();
        await Grants.RotateAsync(grant.Id, new ClientId(Client), 1);

        Clock.Advance(TimeSpan.FromMinutes(1));
        await Grants.RotateAsync(grant.Id, new ClientId(Client), 1);
        Clock.Advance(TimeSpan.FromMinutes(1));
        var again = await Grants.RotateAsync(grant.Id, new ClientId(Client), 1);

        AssertUse(GrantVerdict.LostAnswer, 4, again);
    }

    [Fact]
    public async Task The_undelivered_generation_of_a_lost_answer_ends_the_grant()
    {
        var grant = await OpenRedeemedGrantAsync();
        await Grants.RotateAsync(grant.Id, new ClientId(Client), 1);
        Clock.Advance(TimeSpan.FromSeconds(30));
        await Grants.RotateAsync(grant.Id, new ClientId(Client), 1);

        var undelivered = await Grants.RotateAsync(grant.Id, new ClientId(Client), 2);

        await AssertEndedByReplayAsync(grant, undelivered, successor: 3);
    }

    [Fact]
    public async Task The_previous_generation_after_fifteen_minutes_ends_the_grant()
    {
        var grant = await OpenRedeemedGrantAsync();
        await Grants.RotateAsync(grant.Id, new ClientId(Client), 1);

        Clock.Advance(TimeSpan.FromMinutes(15) + TimeSpan.FromSeconds(1));
        var late = await Grants.RotateAsync(grant.Id, new ClientId(Client), 1);

        await AssertEndedByReplayAsync(grant, late, successor: 2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public async Task Any_other_generation_ends_the_grant(int generation)
    {
        var grant = await OpenRedeemedGrantAsync();
        await Grants.RotateAsync(grant.Id, new ClientId(Client), 1);
        await Grants.RotateAsync(grant.Id, new ClientId(Client), 2);

        var replayed = await Grants.RotateAsync(grant.Id, new ClientId(Client), generation);

        await AssertEndedByReplayAsync(grant, replayed, successor: 3);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(500)]
    [InlineData(int.MaxValue - 1)]
    public async Task A_generation_that_is_newer_than_the_database_is_the_current_one(int generation)
    {
        var grant = await OpenRedeemedGrantAsync();
        await Grants.RotateAsync(grant.Id, new ClientId(Client), 1);
        await Grants.RotateAsync(grant.Id, new ClientId(Client), 2);

        var newer = await Grants.RotateAsync(grant.Id, new ClientId(Client), generation);
        var beside = await Grants.RotateAsync(grant.Id, new ClientId(Client), generation);

        AssertUse(GrantVerdict.LostWrite, generation + 1, newer);
        AssertUse(GrantVerdict.Repeated, generation + 1, beside);
        await AssertEndedByReplayAsync(grant, await Grants.RotateAsync(grant.Id, new ClientId(Client), 3), successor: 3);
    }

    [Fact]
    public async Task A_generation_of_a_refresh_token_proves_that_the_code_was_redeemed()
    {
        var grant = await OpenSessionAsync();

        var newer = await Grants.RotateAsync(grant.Id, new ClientId(Client), 1);

        AssertUse(GrantVerdict.LostWrite, 2, newer);
        Assert.Null(await Grants.RedeemCodeAsync(grant.Id, new ClientId(Client)));
    }

    [Fact]
    public async Task A_newer_generation_does_not_revive_what_has_ended()
    {
        var grant = await OpenRedeemedGrantAsync();
        await EndSessionAsync(grant.SessionId);

        Assert.Null(await Grants.RotateAsync(grant.Id, new ClientId(Client), 2));
    }

    [Fact]
    public async Task A_code_that_nobody_redeemed_does_not_rotate()
    {
        var grant = await OpenSessionAsync();

        Assert.Null(await Grants.RotateAsync(grant.Id, new ClientId(Client), 0));
        Assert.NotNull(await Grants.RedeemCodeAsync(grant.Id, new ClientId(Client)));
    }

    [Fact]
    public async Task A_foreign_client_changes_nothing()
    {
        var grant = await OpenRedeemedGrantAsync();
        var before = await FindGrantAsync(grant.Id);

        var rotated = await Grants.RotateAsync(grant.Id, new ClientId("other"), 1);
        var replayed = await Grants.RotateAsync(grant.Id, new ClientId("other"), 7);
        var ended = await Grants.EndAsync(grant.Id, new ClientId("other"), GrantEnd.Revoked, new("grant.ended"));

        Assert.Null(rotated);
        Assert.Null(replayed);
        Assert.False(ended);
        Assert.Equivalent(before, await FindGrantAsync(grant.Id), strict: true);
    }

    [Fact]
    public async Task An_unknown_grant_is_no_grant()
    {
        Assert.Null(await Grants.RotateAsync(new GrantId("unknown"), new ClientId(Client), 1));
        Assert.Null(await Grants.ReadAsync(new GrantId("unknown"), Ct));
    }

    [Fact]
    public async Task Past_the_sessions_absolute_end_nothing_rotates()
    {
        var grant = await OpenRedeemedGrantAsync(lifetime: TimeSpan.FromHours(1));

        Clock.Advance(TimeSpan.FromMinutes(59));
        var before = await Grants.RotateAsync(grant.Id, new ClientId(Client), 1);
        Clock.Advance(TimeSpan.FromMinutes(1));
        var after = await Grants.RotateAsync(grant.Id, new ClientId(Client), 2);

        Assert.Equal(GrantVerdict.Rotated, before?.Verdict);
        Assert.Null(after);
    }

    [Fact]
    public async Task A_grant_that_its_client_gave_back_is_over_and_audited_once()
    {
        var grant = await OpenRedeemedGrantAsync();

        var first = await Grants.EndAsync(grant.Id, new ClientId(Client), GrantEnd.Revoked, new("grant.ended") { GrantId = grant.Id });
        var second = await Grants.EndAsync(grant.Id, new ClientId(Client), GrantEnd.Revoked, new("grant.ended") { GrantId = grant.Id });

        Assert.True(first);
        Assert.False(second);
        Assert.Null(await Grants.RotateAsync(grant.Id, new ClientId(Client), 1));
        Assert.Single(await AuditOfAsync("grant.ended"));
    }

    [Fact]
    public async Task A_day_of_refreshes_leaves_the_same_number_of_rows()
    {
        var grant = await OpenRedeemedGrantAsync();
        var before = await Db.CountRowsAsync(Ct);

        for (var generation = 1; generation <= 1440; generation++)
            AssertUse(GrantVerdict.Rotated, generation + 1, await Grants.RotateAsync(grant.Id, new ClientId(Client), generation));

        Assert.Equal(before, await Db.CountRowsAsync(Ct));
    }

    [Fact]
    public async Task A_refresh_is_two_statements_as_the_database_counts()
    {
        var grant = await OpenRedeemedGrantAsync();

        var statements = await Db.StatementsOfAsync(async () =>
        {
            await Grants.ReadAsync(grant.Id, Ct);
            await Grants.RotateAsync(grant.Id, new ClientId(Client), 1);
        }, Ct);

        Assert.True(statements.Values.Sum() == 2, string.Join('\n', statements));
    }

    private async Task AssertEndedByReplayAsync(NewGrant grant, GrantUse? use, int successor)
    {
        Assert.Equal(GrantVerdict.Replayed, use?.Verdict);
        var row = await FindGrantAsync(grant.Id);
        Assert.NotNull(row.EndedAt);
        Assert.Equal(GrantEnd.Replay, row.EndedWhy);
        for (var generation = 0; generation <= successor + 1; generation++)
            Assert.Null(await Grants.RotateAsync(grant.Id, new ClientId(Client), generation));
        Assert.Null(await Grants.RedeemCodeAsync(grant.Id, new ClientId(Client)));
    }

    private static void AssertUse(GrantVerdict verdict, int generation, GrantUse? use) =>
        Assert.Equal((verdict, generation), (use?.Verdict, use?.Generation));
}

public sealed class RotationOnSqlite : RotationTests
{
    protected override Task<TestDatabase> CreateAsync(FakeClock clock) => TestDatabase.SqliteAsync(clock, Ct);
}

public sealed class RotationOnPostgres : RotationTests
{
    protected override Task<TestDatabase> CreateAsync(FakeClock clock) => TestDatabase.PostgresAsync(clock, ct: Ct);
}

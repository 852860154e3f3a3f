using KubeIdP.Data.Audit;
using KubeIdP.Data.Throttling;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Time;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Server.Tests.Throttling;

public abstract class FailureStoreTests : IAsyncLifetime
{
    private const int Marker = 99;

    private static readonly Throttle Soft = new(11, 5, TimeSpan.FromMinutes(15)) { FirstDelay = TimeSpan.FromSeconds(1),
        LongestDelay = TimeSpan.FromMinutes(5), Marker = Marker };

    private static readonly Throttle Hard = new(12, 3, TimeSpan.FromMinutes(30));

    private readonly FakeClock clock = new();
    private TestDatabase database = null!;

    private FailureStore Failures => new(database.Database, database.AuditLog);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => database = await OpenAsync(clock);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await database.DisposeAsync();
    }

    protected abstract Task<TestDatabase> OpenAsync(FakeClock clock);

    [Fact]
    public async Task Of_any_number_at_once_only_the_free_ones_are_under_way()
    {
        var answers = await ManyAsync(30, Soft);

        Assert.Equal(5, answers.Count(answer => answer is ThrottleAnswer.Taken));
        Assert.All(answers.Where(answer => answer is not ThrottleAnswer.Taken), answer => Assert.IsType<ThrottleAnswer.Busy>(answer));
    }

    [Fact]
    public async Task Of_many_who_waited_for_the_same_delay_one_passes()
    {
        await FailAsync(Soft, 5);
        clock.Advance(TimeSpan.FromSeconds(2));

        var answers = await ManyAsync(10, Soft);

        Assert.Single(answers, answer => answer is ThrottleAnswer.Taken);
        Assert.Equal(9, answers.Count(answer => answer is ThrottleAnswer.Delayed));
    }

    // The delay before it and the one after it are far enough away for a slow machine.
    [Theory]
    [InlineData(9, 16)]
    [InlineData(13, 256)]
    [InlineData(14, 300)]
    [InlineData(40, 300)]
    public async Task The_delay_doubles_after_the_free_tries_and_ends_at_five_minutes(int failures, int seconds)
    {
        await using (var context = database.CreateContext())
        {
            context.FailureCounters.Add(new FailureCounter { Bucket = Soft.Bucket, Failures = failures, LastAt = clock.GetUtcNow() });
            await context.SaveChangesAsync(Ct);
        }

        clock.Advance(TimeSpan.FromSeconds(seconds * 0.6));
        var early = await Failures.TakeAsync([Soft], Ct);
        var mustWait = await Failures.MustWaitAsync(Soft, Ct);
        clock.Advance(TimeSpan.FromSeconds(seconds * 0.5));

        Assert.IsType<ThrottleAnswer.Delayed>(early);
        Assert.True(mustWait);
        Assert.False(await Failures.MustWaitAsync(Soft, Ct));
        Assert.IsType<ThrottleAnswer.Taken>(await Failures.TakeAsync([Soft], Ct));
    }

    [Fact]
    public async Task Failures_decrease_and_expire_after_a_quarter_of_an_hour()
    {
        await FailAsync(Soft, 4);

        clock.Advance(Soft.Memory / 2);
        await FailAsync(Soft, 1);
        Assert.Equal(3, (await RowAsync(Soft.Bucket)).Failures);

        clock.Advance(Soft.Memory);
        await FailAsync(Soft, 1);
        Assert.Equal(1, (await RowAsync(Soft.Bucket)).Failures);
    }

    [Fact]
    public async Task A_hard_limit_ends_only_when_all_failures_have_expired()
    {
        await FailAsync(Hard, 3);
        clock.Advance(Hard.Memory - TimeSpan.FromMinutes(1));
        var early = await Failures.TakeAsync([Hard], Ct);
        clock.Advance(TimeSpan.FromMinutes(2));

        Assert.IsType<ThrottleAnswer.Delayed>(early);
        Assert.IsType<ThrottleAnswer.Taken>(await Failures.TakeAsync([Hard], Ct));
    }

    // What is under way may arrive after the right password.
    [Fact]
    public async Task The_right_password_resets_failures_and_not_tries_under_way()
    {
        await ManyAsync(3, Hard);
        await Failures.SettleAsync([(Hard, AttemptOutcome.Success)], Ct);

        Assert.IsType<ThrottleAnswer.Taken>(await Failures.TakeAsync([Hard], Ct));
        Assert.IsType<ThrottleAnswer.Busy>(await Failures.TakeAsync([Hard], Ct));
    }

    [Fact]
    public async Task What_was_nobodys_failure_leaves_nothing_behind()
    {
        await FailAsync(Hard, 2);
        for (var i = 0; i < 5; i++)
        {
            Assert.IsType<ThrottleAnswer.Taken>(await Failures.TakeAsync([Hard], Ct));
            await Failures.SettleAsync([(Hard, AttemptOutcome.Nothing)], Ct);
        }

        var row = await RowAsync(Hard.Bucket);
        Assert.Equal((2, 0), (row.Failures, row.Pending));
    }

    [Fact]
    public async Task A_try_whose_outcome_is_never_reported_has_failed()
    {
        await ManyAsync(3, Hard);

        clock.Advance(FailureStore.Abandoned + TimeSpan.FromSeconds(1));

        Assert.IsType<ThrottleAnswer.Delayed>(await Failures.TakeAsync([Hard], Ct));
    }

    // A server that is killed with some tries under way would keep people out for ever otherwise.
    [Fact]
    public async Task What_never_had_an_outcome_is_forgotten_like_a_failure()
    {
        await ManyAsync(3, Hard);
        clock.Advance(FailureStore.Abandoned + Hard.Memory - TimeSpan.FromSeconds(30));
        var early = await Failures.TakeAsync([Hard], Ct);
        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.IsType<ThrottleAnswer.Delayed>(early);
        Assert.IsType<ThrottleAnswer.Taken>(await Failures.TakeAsync([Hard], Ct));
        var row = await RowAsync(Hard.Bucket);
        Assert.Equal((0, 1), (row.Failures, row.Pending));
    }

    [Fact]
    public async Task A_reset_also_removes_tries_without_an_outcome()
    {
        var marked = Hard with { Marker = Marker };
        await ManyAsync(3, marked);
        clock.Advance(FailureStore.Abandoned + TimeSpan.FromSeconds(1));

        await Failures.MarkAsync([Marker], new NewAuditEvent(AuditEventType.LoginUnlocked), Ct);

        Assert.Equal(3, (await ManyAsync(10, marked)).Count(answer => answer is ThrottleAnswer.Taken));
    }

    [Fact]
    public async Task A_try_is_counted_everywhere_or_nowhere()
    {
        await FailAsync(Hard, 3);

        var answer = await Failures.TakeAsync([Soft, Hard], Ct);

        Assert.Equal(Hard, Assert.IsType<ThrottleAnswer.Delayed>(answer).By);
        await using var context = database.CreateContext();
        Assert.False(await context.FailureCounters.AnyAsync(counter => counter.Bucket == Soft.Bucket, Ct));
    }

    [Fact]
    public async Task Accounts_are_counted_and_not_the_tries_at_them()
    {
        var accounts = new Throttle(20, 2, TimeSpan.FromMinutes(15));

        foreach (var account in (int[])[1, 1, 1, 2, 2])
        {
            var throttles =
                Assert.IsType<ThrottleAnswer.Taken>(
                    await Failures.TakeAsync([Soft with { Bucket = account }, accounts with { OnlyFirstOf = account }], Ct)).Throttles;
            await Failures.SettleAsync(throttles.Select(throttle => (throttle, AttemptOutcome.Failure)), Ct);
        }

        Assert.Equal(2, (await RowAsync(accounts.Bucket)).Failures);
        Assert.IsType<ThrottleAnswer.Delayed>(await Failures.TakeAsync([Soft with { Bucket = 3 }, accounts with { OnlyFirstOf = 3 }], Ct));
        Assert.IsType<ThrottleAnswer.Taken>(await Failures.TakeAsync([Soft with { Bucket = 2 }, accounts with { OnlyFirstOf = 2 }], Ct));
    }

    [Fact]
    public async Task Nothing_counts_that_was_counted_before_a_marker_was_set()
    {
        await FailAsync(Soft, 5);
        await Failures.MarkAsync([Marker], new NewAuditEvent(AuditEventType.LoginUnlocked), Ct);

        Assert.Equal(5, (await ManyAsync(10, Soft)).Count(answer => answer is ThrottleAnswer.Taken));
    }

    [Fact]
    public async Task A_count_for_good_ends_at_its_limit_however_many_come_at_once()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 30)
            .Select(_ => Task.Run(() => Failures.CountAsync(13, 7, TimeSpan.FromDays(1), Ct), Ct)));

        Assert.Equal(7, answers.Count(counted => counted));
    }

    // Two that take the same throttles in different orders would wait for each other.
    [Fact]
    public async Task Tries_with_several_throttles_in_common_do_not_stand_in_each_others_way()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 40)
            .Select(i => Task.Run(() => Failures.TakeAsync(i % 2 == 0 ? [Soft, Hard] : [Hard, Soft], Ct), Ct)));

        Assert.Equal(3, answers.Count(answer => answer is ThrottleAnswer.Taken));
    }

    private async Task FailAsync(Throttle throttle, int times)
    {
        for (var i = 0; i < times; i++)
        {
            Assert.IsType<ThrottleAnswer.Taken>(await Failures.TakeAsync([throttle], Ct));
            await Failures.SettleAsync([(throttle, AttemptOutcome.Failure)], Ct);
        }
    }

    private Task<ThrottleAnswer[]> ManyAsync(int tries, Throttle throttle) =>
        Task.WhenAll(Enumerable.Range(0, tries).Select(_ => Task.Run(() => Failures.TakeAsync([throttle], Ct), Ct)));

    private async Task<FailureCounter> RowAsync(int bucket)
    {
        await using var context = database.CreateContext();
        return await context.FailureCounters.AsNoTracking().SingleAsync(counter => counter.Bucket == bucket, Ct);
    }
}

public sealed class FailureStoreOnSqlite : FailureStoreTests
{
    protected override Task<TestDatabase> OpenAsync(FakeClock clock) =>
        TestDatabase.SqliteAsync(clock, TestContext.Current.CancellationToken);
}

public sealed class FailureStoreOnPostgres : FailureStoreTests
{
    protected override Task<TestDatabase> OpenAsync(FakeClock clock) =>
        TestDatabase.PostgresAsync(clock, ct: TestContext.Current.CancellationToken);
}

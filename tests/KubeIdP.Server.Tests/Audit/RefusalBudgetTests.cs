using KubeIdP.Server.Audit;
using Xunit;

namespace KubeIdP.Server.Tests.Audit;

public sealed class RefusalBudgetTests
{
    private static readonly DateTimeOffset Now = new(2027, 1, 1, 9, 0, 0, TimeSpan.Zero);

    private readonly RefusalBudget budget = new();

    [Fact]
    public void Beyond_twenty_a_minute_refusals_become_one_count()
    {
        var granted = Enumerable.Range(0, 50).Count(_ => budget.Spend("192.0.2.7", Now));
        var counts = budget.TakeCounts(Now + TimeSpan.FromMinutes(1));

        Assert.Equal(20, granted);
        Assert.Equal([KeyValuePair.Create("192.0.2.7", 30)], counts);
    }

    [Fact]
    public void A_count_is_handed_out_once()
    {
        for (var i = 0; i < 21; i++) budget.Spend("192.0.2.7", Now);

        Assert.Empty(budget.TakeCounts(Now));
        Assert.Single(budget.TakeCounts(Now + TimeSpan.FromMinutes(1)));
        Assert.Empty(budget.TakeCounts(Now + TimeSpan.FromMinutes(2)));
    }

    // A /48 of IPv6 holds so many of what counts as one network.
    [Fact]
    public void However_many_networks_somebody_has_they_cause_few_rows_in_a_minute_and_a_count()
    {
        var granted = Enumerable.Range(0, 65_536).Count(i => budget.Spend($"20010db8{i:x4}", Now));
        var counts = budget.TakeCounts(Now + TimeSpan.FromMinutes(1));

        Assert.InRange(granted, 100, 1000);
        Assert.Equal(65_536 - granted, Assert.Single(counts).Value);
    }

    [Fact]
    public void Networks_that_each_use_up_their_own_budget_cause_few_rows_as_well()
    {
        var granted = Enumerable.Range(0, 65_536 * 25).Count(i => budget.Spend($"20010db8{i / 25:x4}", Now));
        var counts = budget.TakeCounts(Now + TimeSpan.FromMinutes(1));

        Assert.InRange(granted, 1, 1000);
        Assert.InRange(counts.Count, 1, 20);
    }

    [Fact]
    public void What_could_not_be_written_is_handed_out_again_and_stays_little()
    {
        for (var minute = 0; minute < 1_000; minute++)
        {
            for (var i = 0; i < 21; i++) budget.Spend($"192.0.2.{minute % 250}/{minute}", Now + TimeSpan.FromMinutes(minute));
            foreach (var (network, count) in budget.TakeCounts(Now + TimeSpan.FromMinutes(minute + 1))) budget.Return(network, count);
        }

        var counts = budget.TakeCounts(Now + TimeSpan.FromDays(1));
        Assert.Equal(1_000, counts.Sum(count => count.Value));
        Assert.InRange(counts.Count, 2, RefusalBudget.RowsPerMinuteInAll + 1);
    }
}

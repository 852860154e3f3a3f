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
        var granted = Enumerable.Range(0, 50).Count(_ => budget.Spend("192.0.2.7", Now).Granted);
        var next = budget.Spend("192.0.2.8", Now + TimeSpan.FromMinutes(1));

        Assert.Equal(20, granted);
        Assert.Equal([KeyValuePair.Create("192.0.2.7", 30)], next.Unwritten);
    }

    [Fact]
    public void A_count_is_handed_out_once()
    {
        for (var i = 0; i < 21; i++) budget.Spend("192.0.2.7", Now);

        Assert.Single(budget.Spend("192.0.2.7", Now + TimeSpan.FromMinutes(1)).Unwritten);
        Assert.Empty(budget.Spend("192.0.2.7", Now + TimeSpan.FromMinutes(2)).Unwritten);
    }

    // A /48 of IPv6 holds so many of what counts as one network.
    [Fact]
    public void However_many_networks_somebody_has_they_cause_few_rows_in_a_minute_and_a_count()
    {
        var granted = Enumerable.Range(0, 65_536).Count(i => budget.Spend($"20010db8{i:x4}", Now).Granted);
        var next = budget.Spend("192.0.2.8", Now + TimeSpan.FromMinutes(1));

        Assert.InRange(granted, 100, 1000);
        Assert.Equal(65_536 - granted, Assert.Single(next.Unwritten).Value);
    }

    [Fact]
    public void Networks_that_each_use_up_their_own_budget_cause_few_rows_as_well()
    {
        var granted = Enumerable.Range(0, 65_536 * 25).Count(i => budget.Spend($"20010db8{i / 25:x4}", Now).Granted);
        var next = budget.Spend("192.0.2.8", Now + TimeSpan.FromMinutes(1));

        Assert.InRange(granted, 1, 1000);
        Assert.InRange(next.Unwritten.Count, 1, 20);
    }
}

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

    [Fact]
    public void Networks_beyond_the_bound_share_one_budget()
    {
        for (var i = 0; i < RefusalBudget.MaxNetworks; i++) budget.Spend($"network {i}", Now);

        var granted = Enumerable.Range(0, 50).Count(i => budget.Spend($"one more {i}", Now).Granted);

        Assert.Equal(RefusalBudget.RowsPerMinute, granted);
    }
}

using KubeIdP.Server.Login;
using Xunit;

namespace KubeIdP.Server.Tests.Login;

public sealed class SprayWatchTests
{
    private static readonly DateTimeOffset Now = new(2027, 1, 1, 9, 0, 0, TimeSpan.Zero);

    private readonly SprayWatch watch = new();

    [Fact]
    public void The_first_account_too_many_is_noticed_and_those_after_it_are_no_news()
    {
        var noticed = Enumerable.Range(0, 500).Where(account => watch.Observe("192.0.2.7", account, Now)).ToList();

        Assert.Equal([SprayWatch.MaxAccounts], noticed);
    }

    [Fact]
    public void Failing_often_at_a_few_accounts_is_something_else()
    {
        Assert.DoesNotContain(Enumerable.Range(0, 500), i => watch.Observe("192.0.2.7", i % SprayWatch.MaxAccounts, Now));
    }

    [Fact]
    public void Accounts_of_the_last_minutes_count_across_generations()
    {
        for (var account = 0; account < SprayWatch.MaxAccounts; account++)
            watch.Observe("192.0.2.7", account, Now);

        Assert.False(watch.Observe("192.0.2.7", 3, Now + SprayWatch.Generation));
        Assert.True(watch.Observe("192.0.2.7", 4711, Now + SprayWatch.Generation));
    }

    [Fact]
    public void What_was_long_ago_is_forgotten()
    {
        for (var account = 0; account < SprayWatch.MaxAccounts; account++)
            watch.Observe("192.0.2.7", account, Now);

        Assert.False(watch.Observe("192.0.2.7", 4711, Now + (2 * SprayWatch.Generation)));
    }

    [Fact]
    public void An_address_is_noticed_however_many_others_there_are()
    {
        for (var i = 0; i < SprayWatch.MaxNetworks + 5; i++)
            watch.Observe($"network {i}", 0, Now);

        Assert.Contains(Enumerable.Range(0, 50), account => watch.Observe("192.0.2.7", account, Now));
    }
}

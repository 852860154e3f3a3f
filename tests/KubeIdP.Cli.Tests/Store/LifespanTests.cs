using KubeIdP.Cli.Store;
using Xunit;

namespace KubeIdP.Cli.Tests.Store;

public sealed class LifespanTests
{
    private const long Start = 1_800_000_000_000;
    private const long Uptime = 1_000_000;

    [Theory]
    [InlineData(60, 10)]
    [InlineData(300, 50)]
    [InlineData(20, 5)]
    [InlineData(6, 3)]
    [InlineData(0, 0)]
    public void The_margin_is_a_sixth_at_least_five_seconds_and_at_most_half(int lifetime, int margin) =>
        Assert.Equal(margin * 1000, Token(lifetime).Margin);

    [Theory]
    [InlineData(0, 0, true, 60)]
    [InlineData(49, 49, true, 11)]
    [InlineData(50, 50, false, 10)]
    [InlineData(59, 59, false, 1)]
    [InlineData(60, 60, false, 0)]
    [InlineData(100, 100, false, 0)]

    // A machine that slept: its uptime may not count that.
    [InlineData(100, 5, false, 0)]

    // The clock was set forward: too old is safe.
    [InlineData(3600, 5, false, 0)]

    // It was set back, after the beginning: the uptime knows better.
    [InlineData(10, 55, false, 5)]
    [InlineData(10, 100, false, 0)]

    // It was set back behind the beginning: nobody knows.
    [InlineData(-1, 5, false, 0)]
    [InlineData(-100_000, 100_000, false, 0)]

    // The machine was started again.
    [InlineData(20, -900, true, 40)]
    [InlineData(70, -900, false, 0)]
    public void What_is_left_goes_by_the_clock_that_says_more(int passed, int ran, bool isFresh, int left)
    {
        var token = Token(lifetime: 60);
        var now = new Moment(Start + (passed * 1000L), Uptime + (ran * 1000L));

        Assert.Equal(isFresh, token.IsFresh(now));
        Assert.Equal(TimeSpan.FromSeconds(left), token.Left(now));
    }

    [Fact]
    public void The_time_that_client_go_is_told_is_the_time_from_which_it_is_replaced()
    {
        var token = Lifespan.From(new Moment(Start + 700, Uptime), TimeSpan.FromSeconds(60));

        Assert.True(token.IsFresh(new Moment((token.ReplaceAt * 1000) - 1, Uptime)));
        Assert.False(token.IsFresh(new Moment(token.ReplaceAt * 1000, Uptime)));
    }

    private static Lifespan Token(int lifetime) => Lifespan.From(new Moment(Start, Uptime), TimeSpan.FromSeconds(lifetime));
}

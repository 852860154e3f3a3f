using KubeIdP.Server.Throttling;
using Xunit;

namespace KubeIdP.Server.Tests.Throttling;

public sealed class RefusalDelayTests
{
    [Theory]
    [InlineData(0, 500)]
    [InlineData(3, 497)]
    [InlineData(499, 1)]
    [InlineData(700, 300)]
    public void A_refusal_is_answered_at_a_multiple_of_the_interval(int elapsed, int rest)
    {
        Assert.Equal(TimeSpan.FromMilliseconds(rest), RefusalDelay.RemainingTime(TimeSpan.FromMilliseconds(elapsed), TimeSpan.Zero));
    }

    [Theory]
    [InlineData(120, 700, 880)]
    [InlineData(700, 700, 300)]
    [InlineData(1_200, 700, 300)]
    public void Work_that_was_done_sooner_than_usual_is_answered_like_the_usual(int elapsed, int least, int rest)
    {
        Assert.Equal(TimeSpan.FromMilliseconds(rest),
            RefusalDelay.RemainingTime(TimeSpan.FromMilliseconds(elapsed), TimeSpan.FromMilliseconds(least)));
    }
}

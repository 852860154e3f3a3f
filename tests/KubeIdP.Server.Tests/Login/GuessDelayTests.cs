using KubeIdP.Server.Login;
using Xunit;

namespace KubeIdP.Server.Tests.Login;

public sealed class GuessDelayTests
{
    private static readonly DateTimeOffset Now = new(2027, 1, 1, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4, 0)]
    [InlineData(5, 1)]
    [InlineData(6, 2)]
    [InlineData(9, 16)]
    [InlineData(13, 256)]
    [InlineData(14, 300)]
    [InlineData(int.MaxValue, 300)]
    public void The_delay_doubles_after_the_free_tries_and_ends_at_five_minutes(int failures, int seconds)
    {
        var delay = GuessDelay.After(failures, GuessDelay.FreePerAccount);

        Assert.Equal(TimeSpan.FromSeconds(seconds), delay);
    }

    [Fact]
    public void An_address_has_more_free_tries_than_an_account()
    {
        Assert.Equal(TimeSpan.Zero, GuessDelay.After(49, GuessDelay.FreePerAddress));
        Assert.Equal(GuessDelay.Shortest, GuessDelay.After(50, GuessDelay.FreePerAddress));
    }

    [Fact]
    public void A_try_must_wait_until_the_delay_since_the_last_failure_has_passed()
    {
        Assert.True(GuessDelay.MustWait(7, 5, Now - TimeSpan.FromMilliseconds(3999), Now));
        Assert.False(GuessDelay.MustWait(7, 5, Now - TimeSpan.FromSeconds(4), Now));
    }

    [Fact]
    public void Nobody_waits_who_has_not_failed()
    {
        Assert.False(GuessDelay.MustWait(0, 5, DateTimeOffset.UnixEpoch, Now));
    }

    [Fact]
    public void A_free_try_waits_for_nobody_even_if_the_last_failure_is_later_than_its_own_moment()
    {
        var now = DateTimeOffset.UnixEpoch;

        Assert.False(GuessDelay.MustWait(1, GuessDelay.FreePerAddress, now.AddMilliseconds(3), now));
        Assert.True(GuessDelay.MustWait(GuessDelay.FreePerAddress, GuessDelay.FreePerAddress, now.AddMilliseconds(3), now));
    }
}

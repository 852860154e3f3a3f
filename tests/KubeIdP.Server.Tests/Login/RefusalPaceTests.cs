using KubeIdP.Server.Login;
using Xunit;

namespace KubeIdP.Server.Tests.Login;

public sealed class RefusalPaceTests
{
    [Theory]
    [InlineData(0, 500)]
    [InlineData(3, 497)]
    [InlineData(499, 1)]
    [InlineData(700, 300)]
    public void A_refusal_is_answered_on_the_beat(int elapsed, int rest)
    {
        Assert.Equal(TimeSpan.FromMilliseconds(rest), RefusalPace.Rest(TimeSpan.FromMilliseconds(elapsed)));
    }
}

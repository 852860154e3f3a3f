using KubeIdP.Server.Sessions;
using Xunit;

namespace KubeIdP.Server.Tests.Sessions;

public sealed class SessionOptionsTests
{
    private static readonly DateTimeOffset Now = new(2027, 1, 1, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_session_is_idle_a_moment_after_its_timeout_and_not_before()
    {
        var options = new SessionOptions { IdleTimeout = TimeSpan.FromHours(4) };

        Assert.False(options.IsIdle(Now - TimeSpan.FromHours(4), Now));
        Assert.True(options.IsIdle(Now - TimeSpan.FromHours(4) - TimeSpan.FromMilliseconds(1), Now));
        Assert.False((options with { IdleTimeout = null }).IsIdle(DateTimeOffset.UnixEpoch, Now));
    }
}

using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Throttling;
using Xunit;

namespace KubeIdP.Server.Tests.Throttling;

public sealed class LockOutThrottleTests
{
    private static readonly ThrottleKey Key = new(1, 2, 3, 4, 6, 5);

    [Theory]
    [InlineData(10, 8, 9)]
    [InlineData(5, 3, 4)]
    [InlineData(3, 1, 2)]
    [InlineData(2, 1, 1)]
    public void What_reaches_a_directory_ends_before_its_lock_and_one_try_is_kept_back_for_known_browsers(int locks, int strangers, int all)
    {
        var lockOut = new LockOut(locks, TimeSpan.FromMinutes(30));

        Assert.Equal((strangers, all),
            (LockOutThrottle.MaxFailures(lockOut, isKnown: false), LockOutThrottle.MaxFailures(lockOut, isKnown: true)));
        Assert.True(all < locks);
    }

    [Fact]
    public void The_window_is_longer_than_the_directorys_by_more_than_a_try_takes()
    {
        var throttle = LockOutThrottle.Of(Key, new LockOut(5, TimeSpan.FromMinutes(30)), browser: null)
            .Single(one => one.Bucket == Key.LockOut);

        Assert.True(throttle.Memory > TimeSpan.FromMinutes(31));
        Assert.Equal(TimeSpan.Zero, throttle.FirstDelay);
    }

    // Several at once read the same count of the directory's: two failures made elsewhere leave one try of three.
    [Theory]
    [InlineData(0, null)]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public void What_was_sent_since_the_directorys_count_was_read_counts_on_top_of_it(int failures, int? free)
    {
        var throttles = LockOutThrottle.Of(Key, new LockOut(5, TimeSpan.FromMinutes(30)) { Failures = failures }, browser: null);

        Assert.Equal(free, throttles.SingleOrDefault(one => one.Bucket == Key.Recent)?.Free);
    }

    // Whether it has forgotten is then read from it, such as after the right password elsewhere.
    [Theory]
    [InlineData(false, 0, 3, 30 * 24 * 60)]
    [InlineData(true, 0, 3, 2)]
    [InlineData(true, 2, 1, 2)]
    public void For_a_directory_that_never_resets_its_counter_tries_are_remembered_unless_it_shows_its_count(bool tells, int failures,
        int free, int minutes)
    {
        var throttle = LockOutThrottle.Of(Key, new LockOut(5, null) { Failures = failures, ShowsFailures = tells }, browser: null)
            .Single(one => one.Bucket == Key.LockOut);

        Assert.Equal((free, TimeSpan.FromMinutes(minutes)), (throttle.Free, throttle.Memory));
    }

    [Fact]
    public void A_known_browser_has_a_counter_of_its_own_and_shares_what_reaches_the_directory()
    {
        Assert.Equal([9, 4], LockOutThrottle.Of(Key, new LockOut(5, null), browser: 9).Select(one => one.Bucket));
        Assert.Equal([1, 2, 3], LockOutThrottle.Of(Key, lockOut: null, browser: null).Select(one => one.Bucket));
    }
}

using KubeIdP.Server.Keys;
using KubeIdP.Server.Tokens;
using Xunit;

namespace KubeIdP.Server.Tests.Keys;

public sealed class KeyScheduleTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_key_is_announced_signs_is_still_published_and_is_retired()
    {
        KeyTimes[] keys = [new(Start, null), new(Start.AddDays(90), null)];

        Assert.Equal([KeyState.Signing, KeyState.Announced], StatesAt(keys, Start.AddDays(89.5)));
        Assert.Equal([KeyState.Superseded, KeyState.Signing], StatesAt(keys, Start.AddDays(90)));
        Assert.Equal([KeyState.Superseded, KeyState.Signing], StatesAt(keys, Start.AddDays(90) + TokenOptions.MaxLifetime));
        Assert.Equal([KeyState.Withdrawn, KeyState.Signing], StatesAt(keys, Start.AddDays(90) + KeySchedule.PublishedAfterUse));
    }

    [Fact]
    public void The_next_key_is_due_once_and_a_day_before_it_signs()
    {
        KeyTimes[] alone = [new(Start, null)];

        Assert.False(KeySchedule.IsNextDue(alone, Start.AddDays(88.9)));
        Assert.True(KeySchedule.IsNextDue(alone, Start.AddDays(89)));
        Assert.False(KeySchedule.IsNextDue([.. alone, new(Start.AddDays(90), null)], Start.AddDays(89.1)));
        Assert.True(KeySchedule.IsNextDue([.. alone, new(Start.AddDays(90), RetiredAt: Start.AddDays(89))], Start.AddDays(89.1)));
        Assert.True(KeySchedule.IsNextDue([], Start));
    }

    [Fact]
    public void A_retired_key_is_not_trusted_and_the_one_before_it_signs_if_it_still_can()
    {
        var retired = Start.AddHours(1);
        KeyTimes[] keys = [new(Start.AddDays(-1), null), new(Start, retired)];
        KeyTimes[] forgotten = [new(Start.AddDays(-1), null, CanSign: false), new(Start, retired)];

        Assert.Equal([KeyState.Superseded, KeyState.Signing], StatesAt(keys, Start.AddMinutes(1)));
        Assert.Equal([KeyState.Signing, KeyState.Retired], StatesAt(keys, retired));
        Assert.Equal(-1, KeySchedule.SigningNow(forgotten, retired));
        Assert.Equal([KeyState.Withdrawn, KeyState.Retired], StatesAt(forgotten, retired));
    }

    // The clocks of replicas differ, and the one that made the first key may be ahead.
    [Fact]
    public void The_first_key_signs_even_before_its_time()
    {
        KeyTimes[] keys = [new(Start, null), new(Start.AddDays(90), null)];

        Assert.Equal(0, KeySchedule.SigningNow(keys, Start.AddSeconds(-5)));
        Assert.Equal([KeyState.Signing, KeyState.Announced], StatesAt(keys, Start.AddSeconds(-5)));
    }

    private static IEnumerable<KeyState> StatesAt(KeyTimes[] keys, DateTimeOffset now) =>
        keys.Select((_, index) => KeySchedule.StateOf(keys, index, now));
}

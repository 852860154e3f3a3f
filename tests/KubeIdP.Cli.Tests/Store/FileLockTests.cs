using KubeIdP.Cli.Store;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Cli.Tests.Store;

/// <summary>
/// The lock within one process, where a second open file is another holder. That of killed processes is in the tests of token.
/// </summary>
public sealed class FileLockTests
{
    private readonly string path = Path.Combine(Scratch.NewFolder("kubeidp-lock-"), "session.lock");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_holds_it_and_the_next_gets_it_when_it_is_free()
    {
        var first = await AcquireAsync();
        var second = AcquireAsync();
        await Task.Delay(100, Ct);
        Assert.False(second.IsCompleted);

        first!.Dispose();

        using var held = await second;
        Assert.NotNull(held);
    }

    [Fact]
    public async Task Who_waits_stops_when_it_is_needless()
    {
        using var first = await AcquireAsync();
        var done = false;
        var second = AcquireAsync(() => done);

        done = true;

        Assert.Null(await second);
    }

    [Fact]
    public async Task Who_waited_learns_of_the_failure_and_who_comes_later_does_not()
    {
        var first = await AcquireAsync();
        var second = AcquireAsync();
        await Task.Delay(50, Ct);
        first!.LeaveFailure("It is away.", TimeProvider.System);
        first.Dispose();

        using (var held = await second)
        {
            Assert.Equal("It is away.", held!.FailureMeanwhile);
            Assert.True(held.HasFailedWithin(TimeSpan.FromSeconds(10), TimeProvider.System));
            held.KeepFailure();
        }

        await Task.Delay(5, Ct);
        using var later = await AcquireAsync();
        Assert.Null(later!.FailureMeanwhile);
        Assert.True(later.HasFailedWithin(TimeSpan.FromSeconds(10), TimeProvider.System));
    }

    [Fact]
    public async Task Waiting_has_an_end_and_names_the_process_and_what_it_does()
    {
        using var first = await AcquireAsync();
        var said = new List<string>();
        var clock = new FastClock();

        var busy = await Assert.ThrowsAsync<LockBusy>(
            () => FileLock.AcquireAsync(path, "waiting", () => false, said.Add, clock, Ct));

        var holder = $"another kubeidp (process {Environment.ProcessId}), which is testing";
        Assert.Contains(holder, busy.Message, StringComparison.Ordinal);
        Assert.Contains(holder, Assert.Single(said), StringComparison.Ordinal);
    }

    private Task<FileLock?> AcquireAsync(Func<bool>? isNeedless = null) =>
        FileLock.AcquireAsync(path, "testing", isNeedless ?? (() => false), _ => { }, TimeProvider.System, Ct);

    /// <summary>A second passes each time that somebody looks.</summary>
    private sealed class FastClock : TimeProvider
    {
        private long seconds;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Interlocked.Increment(ref seconds);
    }
}

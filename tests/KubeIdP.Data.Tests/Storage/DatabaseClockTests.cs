using KubeIdP.Data.Storage;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Time;
using Xunit;

namespace KubeIdP.Data.Tests.Storage;

public sealed class DatabaseClockTests
{
    /// <summary>A busy machine may pause between two readings of a clock; what is distinguished here is a minute and an hour.</summary>
    private static readonly TimeSpan Close = TimeSpan.FromSeconds(20);

    private readonly MachineClock machine = new();
    private readonly FakeClock real = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(-60)]
    [InlineData(60)]
    [InlineData(3600)]
    public async Task It_is_the_databases_however_wrong_the_machine_is(int ahead)
    {
        await using var test = await TestDatabase.PostgresAsync(real, ct: Ct);
        machine.Ahead = TimeSpan.FromSeconds(ahead);
        var clock = new DatabaseClock(machine);
        Assert.Equal(machine.GetUtcNow(), clock.GetUtcNow(), Close);

        await clock.ReadAsync(test.Database, Ct);

        Assert.Equal(real.GetUtcNow(), clock.GetUtcNow(), Close);
        Assert.InRange((machine.Ahead - clock.MachineAhead).Duration(), TimeSpan.Zero, Close);
    }

    [Fact]
    public async Task A_machine_that_is_set_back_changes_nothing_and_one_that_is_set_forward_nothing_after_the_next_reading()
    {
        await using var test = await TestDatabase.PostgresAsync(real, ct: Ct);
        var clock = new DatabaseClock(machine);
        await clock.ReadAsync(test.Database, Ct);

        machine.Ahead = -TimeSpan.FromHours(1);
        Assert.Equal(real.GetUtcNow(), clock.GetUtcNow(), Close);
        await clock.ReadAsync(test.Database, Ct);
        Assert.Equal(real.GetUtcNow(), clock.GetUtcNow(), Close);

        // Until then it may have been suspended for that hour.
        machine.Ahead = TimeSpan.Zero;
        Assert.Equal(real.GetUtcNow() + TimeSpan.FromHours(1), clock.GetUtcNow(), Close);
        await clock.ReadAsync(test.Database, Ct);
        Assert.Equal(real.GetUtcNow(), clock.GetUtcNow(), Close);
    }

    [Fact]
    public async Task It_follows_a_database_whose_clock_is_set()
    {
        await using var test = await TestDatabase.PostgresAsync(real, ct: Ct);
        var clock = new DatabaseClock(machine);
        await clock.ReadAsync(test.Database, Ct);

        real.Advance(TimeSpan.FromHours(1));
        await clock.ReadAsync(test.Database, Ct);
        Assert.Equal(real.GetUtcNow(), clock.GetUtcNow(), Close);
        Assert.InRange((TimeSpan.FromHours(-1) - clock.MachineAhead).Duration(), TimeSpan.Zero, Close);
    }

    [Fact]
    public async Task On_SQLite_it_is_the_machines()
    {
        await using var test = await TestDatabase.SqliteAsync(real, Ct);
        machine.Ahead = TimeSpan.FromHours(1);
        var clock = new DatabaseClock(machine);

        await clock.ReadAsync(test.Database, Ct);

        Assert.Equal(machine.GetUtcNow(), clock.GetUtcNow(), Close);
    }
}

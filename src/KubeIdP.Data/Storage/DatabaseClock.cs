namespace KubeIdP.Data.Storage;

/// <summary>
/// The time as the database has it, which is one for all replicas, kept between two readings by this machine's own clocks. What is issued, and what is judged
/// by its age, goes by this one; so a machine whose clock is wrong, or is set, changes nothing (decisions/0019). On SQLite, and before the first reading, it
/// is this machine's clock.
/// </summary>
public sealed class DatabaseClock(TimeProvider machine) : TimeProvider
{
    private volatile Reading? last;

    /// <summary>How far this machine's clock is ahead of the database's; negative where it is behind.</summary>
    public TimeSpan MachineAhead => machine.GetUtcNow() - GetUtcNow();

    public override TimeZoneInfo LocalTimeZone => machine.LocalTimeZone;

    public override long TimestampFrequency => machine.TimestampFrequency;

    /// <summary>
    /// After a reading the later of two: by the wall clock, which also runs while a virtual machine sleeps, and by the monotonic one, which nobody sets back. A
    /// machine that is set forward makes things look older, and not younger, until the next reading.
    /// </summary>
    public override DateTimeOffset GetUtcNow()
    {
        var (wall, timestamp) = (machine.GetUtcNow(), machine.GetTimestamp());
        return last is { } reading ? reading.At + Later(wall - reading.Wall, machine.GetElapsedTime(reading.Timestamp, timestamp)) : wall;
    }

    public override long GetTimestamp() => machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => machine.CreateTimer(callback, state, dueTime, period);

    /// <summary>Asks the database. What is known already changes only as far as the answer, and the time that it took, contradict it.</summary>
    public async Task ReadAsync(Database database, CancellationToken ct)
    {
        if (!database.IsPostgres) return;

        // The connection first: to open one takes long, and belongs to neither moment.
        await using var work = await database.BeginAsync(ct);
        var asked = machine.GetTimestamp();
        var answer = (await work.MomentAsync($"SELECT {database.Now}", ct))!.Value;
        var (wall, timestamp) = (machine.GetUtcNow(), machine.GetTimestamp());

        // The database's clock stood at the answer at some moment since it was asked, so it now stands between these two.
        var (earliest, latest) = (answer, answer + machine.GetElapsedTime(asked, timestamp));
        var known = last is { } reading ? reading.At + machine.GetElapsedTime(reading.Timestamp, timestamp) : earliest;
        last = new Reading(known < earliest ? earliest : known > latest ? latest : known, wall, timestamp);
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private sealed record Reading(DateTimeOffset At, DateTimeOffset Wall, long Timestamp);
}

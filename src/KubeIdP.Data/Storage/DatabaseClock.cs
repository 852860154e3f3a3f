namespace KubeIdP.Data.Storage;

/// <summary>
/// The time of the database, which is the same for all replicas. Between two readings it advances by this machine's clocks. Everything that
/// is issued or judged by its age uses it, so a wrong or changed clock of a machine has no effect (decisions/0019). On SQLite, and before
/// the first reading, it is this machine's clock.
/// </summary>
public sealed class DatabaseClock(TimeProvider machine) : TimeProvider
{
    private volatile Reading? last;

    /// <summary>How far this machine's clock is ahead of the database's clock; negative if it is behind.</summary>
    public TimeSpan MachineAhead => machine.GetUtcNow() - GetUtcNow();

    public override TimeZoneInfo LocalTimeZone => machine.LocalTimeZone;

    public override long TimestampFrequency => machine.TimestampFrequency;

    /// <summary>
    /// After a reading, the later of two times: by the wall clock, which also runs while a virtual machine is suspended, and by the
    /// monotonic clock, which can't be set back. If the machine's clock is set forward, things look older, and not younger, until the next
    /// reading.
    /// </summary>
    public override DateTimeOffset GetUtcNow()
    {
        var (wall, timestamp) = (machine.GetUtcNow(), machine.GetTimestamp());
        return last is { } reading ? reading.At + Later(wall - reading.Wall, machine.GetElapsedTime(reading.Timestamp, timestamp)) : wall;
    }

    public override long GetTimestamp() => machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        machine.CreateTimer(callback, state, dueTime, period);

    /// <summary>
    /// Reads the database's clock. The known offset changes only if the answer, and the time that it took, contradict it.
    /// </summary>
    public async Task ReadAsync(Database database, CancellationToken ct)
    {
        if (!database.IsPostgres) return;

        // The connection is opened first, because opening one takes long and must not be measured.
        await using var work = await database.BeginAsync(ct);
        var asked = machine.GetTimestamp();
        var answer = (await work.MomentAsync($"SELECT {database.Now}", ct))!.Value;
        var (wall, timestamp) = (machine.GetUtcNow(), machine.GetTimestamp());

        // The database read its clock at some time after the request was sent, so its time is now between these two.
        var (earliest, latest) = (answer, answer + machine.GetElapsedTime(asked, timestamp));
        var known = last is { } reading ? reading.At + machine.GetElapsedTime(reading.Timestamp, timestamp) : earliest;
        last = new Reading(known < earliest ? earliest : known > latest ? latest : known, wall, timestamp);
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private sealed record Reading(DateTimeOffset At, DateTimeOffset Wall, long Timestamp);
}

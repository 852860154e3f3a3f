namespace KubeIdP.Cli.Store;

/// <summary>
/// A lock between processes: an open file, which the kernel closes when its holder is killed (flock on Unix, a file that nobody else can
/// open on Windows). The file itself stays: a deleted one could be locked twice.
/// </summary>
internal sealed class FileLock : IDisposable
{
    // Longer each time: many processes that wait must not keep the one that works from working.
    private static readonly TimeSpan FirstInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LastInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    // The holder needs at most four requests of fifteen seconds each.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(75);

    // Five minutes for the person, and what follows.
    private static readonly TimeSpan SignInLimit = TimeSpan.FromMinutes(6);

    private readonly FileStream file;
    private readonly string notePath;
    private readonly long askedAt;
    private readonly LockNote? before;

    private FileLock(FileStream file, string notePath, long askedAt)
    {
        this.file = file;
        this.notePath = notePath;
        this.askedAt = askedAt;
        before = ReadNote(notePath);
    }

    /// <summary>
    /// What the holder before could not do while this process waited; null if it did what it wanted, or if that was earlier.
    /// </summary>
    public string? FailureMeanwhile => before is { Failure: { } failure, FailedAt: var at } && at >= askedAt ? failure : null;

    /// <summary>Whether a holder has failed within this time, so that the same would probably fail again.</summary>
    public bool HasFailedWithin(TimeSpan time, TimeProvider clock) =>
        before is { Failure: not null, FailedAt: var at }
        && clock.GetUtcNow().ToUnixTimeMilliseconds() - at is >= 0 and var ago && ago < time.TotalMilliseconds;

    /// <summary>Waits for the lock.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="purpose">What it is for, as the end of a sentence about this process.</param>
    /// <param name="isNeedless">Asked again and again while waiting: whether somebody else has done meanwhile what it is for.</param>
    /// <param name="say">Tells the person for whom this process waits.</param>
    /// <returns>Null when it is needless.</returns>
    /// <exception cref="LockBusy">The holder takes too long.</exception>
    public static async Task<FileLock?> AcquireAsync(
        string path, string purpose, Func<bool> isNeedless, Action<string> say, TimeProvider clock, CancellationToken ct)
    {
        var notePath = $"{path}.json";
        var askedAt = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var (start, told, interval) = (clock.GetTimestamp(), false, FirstInterval);
        while (true)
        {
            if (TryOpen(path) is { } file)
            {
                var held = new FileLock(file, notePath, askedAt);
                held.Note(purpose);
                return held;
            }

            if (isNeedless()) return null;

            var waited = clock.GetElapsedTime(start);
            if (waited > Silence)
            {
                var holder = ReadNote(notePath);
                if (waited > (holder?.IsSigningIn == true ? SignInLimit : Limit)) throw new LockBusy(Describe(holder, path), waited);

                if (!told) say($"Waiting for {Describe(holder, path)}.");
                told = true;
            }

            await Task.Delay(interval, clock, ct);
            interval = interval * 1.5 < LastInterval ? interval * 1.5 : LastInterval;
        }
    }

    /// <summary>Tells those who wait what this process is doing now.</summary>
    public void Note(string purpose, bool isSigningIn = false) =>
        WriteNote(new LockNote(Environment.ProcessId, purpose, isSigningIn));

    /// <summary>Tells those who wait that this process has failed, so that they don't try the same again, each after the other.</summary>
    public void LeaveFailure(string sentence, TimeProvider clock) =>
        TryToWriteNote(
            new LockNote(Environment.ProcessId, "failed", Failure: sentence, FailedAt: clock.GetUtcNow().ToUnixTimeMilliseconds()));

    /// <summary>Leaves what the holder before has left, because this process has not tried.</summary>
    public void KeepFailure()
    {
        if (before is not null) TryToWriteNote(before);
    }

    public void Dispose() => file.Dispose();

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, StateFile.Exclusive());
        }
        catch (UnauthorizedAccessException fault)
        {
            throw StateFile.Unusable(path, fault);
        }
        catch (DirectoryNotFoundException fault)
        {
            throw StateFile.Unusable(path, fault);
        }
        catch (IOException)
        {
            // Another process has it open.
            return null;
        }
    }

    private static string Describe(LockNote? holder, string path) => holder is null
        ? $"another kubeidp, which holds {path}"
        : $"another kubeidp (process {holder.Process}), which is {holder.Purpose}";

    private static LockNote? ReadNote(string path) => StateFile.Read(path, StoreJson.Default.LockNote);

    /// <summary>What has failed is what the person is told, not also that nobody else learns of it.</summary>
    private void TryToWriteNote(LockNote note)
    {
        try
        {
            WriteNote(note);
        }
        catch (StateFault)
        {
            // Those who wait try it themselves.
        }
    }

    private void WriteNote(LockNote note) => StateFile.Write(notePath, note, StoreJson.Default.LockNote, durable: false);
}

/// <summary>Another process has held a lock for too long. This says nothing about the person.</summary>
internal sealed class LockBusy(string holder, TimeSpan waited)
    : CommandFault($"Gave up after {waited.TotalSeconds:F0} seconds of waiting for {holder}. Try again, or end that process.");

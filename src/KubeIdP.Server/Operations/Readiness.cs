using System.Globalization;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Hosting;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Operations;

/// <param name="Name">One word.</param>
/// <param name="Trouble">Null when all is well.</param>
/// <param name="IsKnown">False when there was nothing to go by; <paramref name="Trouble"/> says why.</param>
internal sealed record ReadinessCheck(string Name, string? Trouble, bool IsKnown = true);

/// <summary>
/// Whether this replica can do its work now, which is to read and to write. Directories are not asked: what one of them lacks no other replica has.
/// </summary>
internal sealed class Readiness(DatabaseProbe probe, SigningKeys keys, StartGate start, Draining draining, DatabaseClock clock, ILogger<Readiness> log)
{
    /// <summary>All that is checked, by name.</summary>
    public static readonly IReadOnlyList<string> Names = [Running, Database, Clock, Keys];

    private const string Running = "running";
    private const string Database = "database";
    private const string Clock = "clock";
    private const string Keys = "keys";

    /// <summary>For the database's answer, so that there is one within two seconds for whoever asks. A kubelet waits for a second by default; the manifests give it three.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(1500);

    /// <summary>For the driver to end what it was told to, and to say why; whatever has not ended then is not waited for.</summary>
    private static readonly TimeSpan ToEnd = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// What is issued goes by the database's clock, so this machine's own one harms nobody. But of two that are half of a token's life apart one is wrong, and
    /// where that is the database's, a token would be good for half as long again (decisions/0019).
    /// </summary>
    private static readonly TimeSpan ClocksApart = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private Task<IReadOnlyList<ReadinessCheck>>? looking;
    private volatile IReadOnlyList<ReadinessCheck> latest = [];
    private volatile bool wasReady = true;

    /// <summary>What the last look showed, whoever asked for it; empty before the first.</summary>
    public IReadOnlyList<ReadinessCheck> Latest => latest;

    /// <summary>Looks; who asks while somebody is looking gets the same answer, within two seconds.</summary>
    public Task<IReadOnlyList<ReadinessCheck>> CheckAsync(CancellationToken ct)
    {
        lock (gate)
        {
            if (looking is not { IsCompleted: false }) looking = LookAsync();
            return looking.WaitAsync(ct);
        }
    }

    private async Task<IReadOnlyList<ReadinessCheck>> LookAsync()
    {
        var (away, apart) = await AskDatabaseAsync();
        ReadinessCheck[] checks =
        [
            new(Running, draining.IsOn ? "the server is about to stop" : start.IsOpen ? null : $"the server is starting{(start.WaitingFor is { } reason ? $" and waits: {reason}" : "")}"),
            new(Database, away),
            away is null ? new(Clock, apart) : new(Clock, "the database told no time to compare with", IsKnown: false),
            new(Keys, Enum.GetValues<SigningAlgorithm>().All(keys.Has) ? null : "there is no key to sign with"),
        ];
        latest = checks;
        Tell(checks);
        return checks;
    }

    private async Task<(string? Away, string? ClockTrouble)> AskDatabaseAsync()
    {
        Exception? trouble = null;
        using var limit = new CancellationTokenSource(Timeout, clock);
        try
        {
            await probe.WriteAsync(fault => trouble = fault, limit.Token).WaitAsync(Timeout + ToEnd, clock);
            var apart = clock.MachineAhead.Duration();
            return (null, apart <= ClocksApart ? null : string.Create(CultureInfo.InvariantCulture, $"this machine's clock and the database's are {apart.TotalSeconds:0} s apart"));
        }
        catch (Exception fault) when (fault is OperationCanceledException or TimeoutException)
        {
            // The last word of the database itself says more than that there was no other.
            var reason = new[] { trouble, fault }.FirstOrDefault(one => one?.GetBaseException() is not (null or OperationCanceledException or TimeoutException));
            return (reason is null ? string.Create(CultureInfo.InvariantCulture, $"it did not answer within {Timeout.TotalSeconds:0.0} s") : WordsOf(reason), null);
        }
        catch (Exception fault)
        {
            // Away, read-only, a right or a table that is missing: whatever it is, requests meet it too.
            return (WordsOf(fault), null);
        }
    }

    private static string WordsOf(Exception fault) => Outage.Is(fault) ? $"{Outage.Describe(fault)} {fault.GetBaseException().Message}" : fault.GetBaseException().Message;

    /// <summary>Only a change is worth a line: it is asked every few seconds.</summary>
    private void Tell(ReadinessCheck[] checks)
    {
        var isReady = checks.All(check => check.Trouble is null);
        if (isReady == wasReady) return;

        wasReady = isReady;
        if (isReady) log.Ready();
        else log.NotReady(string.Join("; ", checks.Where(check => check is { Trouble: not null, IsKnown: true }).Select(check => $"{check.Name}: {check.Trouble}")));
    }
}

using System.Globalization;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Operations;

/// <param name="Name">One word.</param>
/// <param name="Failure">Null if the check passes.</param>
/// <param name="IsKnown">False if the result is unknown; <paramref name="Failure"/> says why.</param>
internal sealed record ReadinessCheck(string Name, string? Failure, bool IsKnown = true);

/// <summary>
/// Checks whether this replica can work now, which needs reads and writes. Directories are not checked, because an outage of a directory
/// affects all replicas.
/// </summary>
internal sealed class Readiness(DatabaseProbe probe, SigningKeys keys, StartupState start, Draining draining, DatabaseClock clock,
    ILogger<Readiness> log)
{
    /// <summary>The names of all checks.</summary>
    public static readonly IReadOnlyList<string> Names = [Running, Database, Clock, Keys];

    private const string Running = "running";
    private const string Database = "database";
    private const string Clock = "clock";
    private const string Keys = "keys";

    /// <summary>
    /// The timeout for the database, so that callers get a result within two seconds. A kubelet waits one second by default; the manifests
    /// set three.
    /// </summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(1500);

    /// <summary>
    /// The additional time for the driver to cancel the statement and report the reason; after that it is not waited for.
    /// </summary>
    private static readonly TimeSpan CancelTimeout = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Tokens are dated by the database's clock, so a wrong clock of this machine does no harm. But if the two differ by half of a token's
    /// lifetime, one of them is wrong; and if that is the database's, a token would be valid for half as long again (decisions/0019).
    /// </summary>
    private static readonly TimeSpan ClocksApart = TimeSpan.FromSeconds(30);

    private readonly Lock sync = new();
    private Task<IReadOnlyList<ReadinessCheck>>? inProgress;
    private volatile IReadOnlyList<ReadinessCheck> latest = [];
    private volatile bool wasReady = true;

    /// <summary>The latest results; empty before the first check.</summary>
    public IReadOnlyList<ReadinessCheck> Latest => latest;

    /// <summary>Runs the checks; concurrent callers share one run. It takes at most two seconds.</summary>
    public Task<IReadOnlyList<ReadinessCheck>> CheckAsync(CancellationToken ct)
    {
        lock (sync)
        {
            if (inProgress is not { IsCompleted: false }) inProgress = RunAsync();
            return inProgress.WaitAsync(ct);
        }
    }

    private async Task<IReadOnlyList<ReadinessCheck>> RunAsync()
    {
        var (databaseFailure, clockFailure) = await AskDatabaseAsync();
        ReadinessCheck[] checks =
        [
            new(Running,
                draining.IsOn
                    ? "the server is stopping"
                    : start.IsComplete ? null : $"the server is starting{(start.WaitingFor is { } reason ? $" and waits: {reason}" : "")}"),
            new(Database, databaseFailure),
            databaseFailure is null ? new(Clock, clockFailure) : new(Clock, "the time of the database could not be read", IsKnown: false),
            new(Keys, Enum.GetValues<SigningAlgorithm>().All(keys.Has) ? null : "there is no signing key"),
        ];
        latest = checks;
        LogChange(checks);
        return checks;
    }

    private async Task<(string? DatabaseFailure, string? ClockFailure)> AskDatabaseAsync()
    {
        Exception? lastFault = null;
        using var limit = new CancellationTokenSource(Timeout, clock);
        try
        {
            await probe.WriteAsync(fault => lastFault = fault, limit.Token).WaitAsync(Timeout + CancelTimeout, clock);
            var apart = clock.MachineAhead.Duration();
            return (null,
                apart <= ClocksApart
                    ? null : string.Create(CultureInfo.InvariantCulture,
                        $"this machine's clock and the database's are {apart.TotalSeconds:0} s apart"));
        }
        catch (Exception fault) when (fault is OperationCanceledException or TimeoutException)
        {
            // An error of the database itself says more than the timeout.
            var reason = new[] { lastFault,
                fault }.FirstOrDefault(one => one?.GetBaseException() is not (null or OperationCanceledException or TimeoutException));
            return (reason is null
                ? string.Create(CultureInfo.InvariantCulture, $"it did not answer within {Timeout.TotalSeconds:0.0} s") : WordsOf(reason),
                    null);
        }
        catch (Exception fault)
        {
            // Whatever the error is (unreachable, read-only, a missing right or table), it affects requests too.
            return (WordsOf(fault), null);
        }
    }

    private static string WordsOf(Exception fault) =>
        Outage.Is(fault) ? $"{Outage.Describe(fault)} {fault.GetBaseException().Message}" : fault.GetBaseException().Message;

    /// <summary>Only a change is logged, because the check runs every few seconds.</summary>
    private void LogChange(ReadinessCheck[] checks)
    {
        var isReady = checks.All(check => check.Failure is null);
        if (isReady == wasReady) return;

        wasReady = isReady;
        if (isReady) log.Ready();
        else log.NotReady(
            string.Join("; ",
                checks.Where(check => check is { Failure: not null, IsKnown: true }).Select(check => $"{check.Name}: {check.Failure}")));
    }
}

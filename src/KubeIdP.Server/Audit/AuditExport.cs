using System.Diagnostics.Metrics;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Audit;

/// <summary>
/// Exports audit events and their checkpoints from the database as lines of JSON. None is lost if this process or the target fails: what
/// could not be written is retried, and nothing waits for it. Instrument <c>kubeidp.audit.unexported</c> of the meter <c>KubeIdP.Audit</c>.
/// </summary>
internal sealed class AuditExport : BackgroundJob
{
    private const int BatchesAtOnce = 10;

    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TooLong = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CountInterval = TimeSpan.FromMinutes(1);

    private readonly AuditExportStore store;
    private readonly string? target;
    private readonly ILogger<AuditExport> log;
    private long? waiting = 0;

    public AuditExport(AuditExportStore store, AuditOptions options, IMeterFactory meters, JobServices services, ILogger<AuditExport> log)
        : base(services)
    {
        (this.store, target, this.log) = (store, options.JsonLines, log);
        if (target is null) return;

        meters.Create("KubeIdP.Audit")
            .CreateObservableGauge("kubeidp.audit.unexported",
                () => waiting is { } now ? [new Measurement<long>(now)] : Array.Empty<Measurement<long>>(), "{event}",
            "Audit events of all replicas that are not yet written to audit.jsonLines, counted once a minute; absent while the database "
                + "does not answer.");
    }

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop)
    {
        if (target is null) return null;

        var sink = new AuditSink(target);
        await Task.WhenAll(RepeatAsync(ct => ExportAsync(sink, target, ct), LogFailure, stop), RepeatAsync(CountAsync, _ => { }, stop));
        return null;
    }

    protected override void LogFailure(Exception fault) => log.ExportInterrupted(target!, waiting, fault.GetBaseException().Message);

    private async Task<TimeSpan?> ExportAsync(AuditSink sink, string target, CancellationToken ct) =>
        await store.ExportAsync(BatchesAtOnce, batches => WriteAsync(sink, target, batches, ct), ct) < BatchesAtOnce
            ? Delay
            : TimeSpan.Zero;

    /// <summary>
    /// Waits as long as the sink takes, but not beyond the stop of the server; what was not confirmed by then is written again after the
    /// next start.
    /// </summary>
    private async Task WriteAsync(AuditSink sink, string target, IReadOnlyList<AuditBatch> batches, CancellationToken ct)
    {
        var writing = sink.WriteAsync(string.Concat(batches.SelectMany(AuditLines.Of)));
        for (var (since, next) = (Clock.GetTimestamp(), TooLong); !await CompletesAsync(writing, next, ct); next = CountInterval)
            log.ExportBlocked(target, Clock.GetElapsedTime(since).TotalSeconds, waiting);
        await writing;
    }

    private async Task<bool> CompletesAsync(Task writing, TimeSpan within, CancellationToken ct)
    {
        try
        {
            await writing.WaitAsync(within, Clock, ct);
        }
        catch (TimeoutException) when (!writing.IsCompleted)
        {
            return false;
        }

        return true;
    }

    private async Task<TimeSpan?> CountAsync(CancellationToken ct)
    {
        try
        {
            waiting = await store.CountWaitingAsync(ct);
            return CountInterval;
        }
        catch
        {
            waiting = null;
            throw;
        }
    }
}

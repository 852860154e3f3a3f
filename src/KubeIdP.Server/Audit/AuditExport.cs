using System.Text;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Hosting;

namespace KubeIdP.Server.Audit;

/// <summary>
/// Writes facts and their seals as lines of JSON, from the database, so that none is lost whatever happens to this process or to the place where they go:
/// what could not be written is tried again.
/// </summary>
internal sealed class AuditExport(AuditExportStore store, Settings settings, TimeProvider clock, ILogger<AuditExport> log) : BackgroundService
{
    private const int BatchesAtOnce = 10;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PaceOfTrouble = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.Audit.JsonLines is not { } target) return;

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await store.ExportAsync(BatchesAtOnce, batches => WriteAsync(target, batches), stoppingToken) < BatchesAtOnce) await Task.Delay(Pace, clock, stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested && (Outage.Is(fault) || fault is UnauthorizedAccessException))
            {
                log.ExportInterrupted(target, fault.GetBaseException().Message);
                await Task.Delay(PaceOfTrouble, clock, stoppingToken);
            }
        }
    }

    private static async Task WriteAsync(string target, IReadOnlyList<AuditBatch> batches)
    {
        var lines = Encoding.UTF8.GetBytes(string.Concat(batches.SelectMany(AuditLines.Of)));
        if (target == AuditOptions.StandardOutput)
        {
            await using var output = Console.OpenStandardOutput();
            await output.WriteAsync(lines);
            await output.FlushAsync();
            return;
        }

        // Opened anew each time, so that whoever rotates it may simply move it away.
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = PrivateFiles.OwnerOnly;
        await using var file = new FileStream(target, options);
        await file.WriteAsync(lines);
        file.Flush(flushToDisk: true);
    }
}

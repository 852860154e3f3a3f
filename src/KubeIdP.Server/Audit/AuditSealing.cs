using KubeIdP.Data.Audit;
using KubeIdP.Server.Hosting;

namespace KubeIdP.Server.Audit;

/// <summary>Once a second puts a seal over what has happened since, on whichever replica is first; at once again where there is more than one seal takes.</summary>
internal sealed class AuditSealing(AuditSealer sealer, TimeProvider clock, ILogger<AuditSealing> log) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PaceOfTrouble = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await sealer.SealAsync(stoppingToken) < AuditSealer.BatchSize) await Task.Delay(Pace, clock, stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested && Outage.Is(fault))
            {
                // Facts wait for their seal where they are.
                log.SealingInterrupted(fault.GetBaseException().Message);
                await Task.Delay(PaceOfTrouble, clock, stoppingToken);
            }
        }
    }
}

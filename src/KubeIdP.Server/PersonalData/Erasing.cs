using KubeIdP.Data.Audit;
using KubeIdP.Data.People;

namespace KubeIdP.Server.PersonalData;

/// <summary>
/// Once an hour forgets those who have been gone for as long as the configuration says, and the names that need not be kept any more. Any number of replicas
/// may do it at once.
/// </summary>
internal sealed class Erasing(PersonErasure erasure, Settings settings, TimeProvider clock, ILogger<Erasing> log) : BackgroundService
{
    public async Task EraseDueAsync(CancellationToken ct)
    {
        await erasure.PruneNamesAsync(ct);
        if (settings.PersonalData.EraseAfter is not { } period) return;

        while (await erasure.ListDueAsync(period, ct) is { Count: > 0 } due)
        {
            foreach (var personId in due)
            {
                if (await erasure.EraseAsync(personId, Actor.Issuer, ct) is Erasure.Done(var facts)) log.Erased(personId, facts);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), clock);
        do
        {
            try
            {
                await EraseDueAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // A database that is away now is asked again in an hour; nothing depends on this having run.
                log.ErasingFailed(fault);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}

using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.PersonalData;

/// <summary>
/// Once an hour forgets those who have been gone for as long as the configuration says, and the names that need not be kept any more. Any number of replicas
/// may do it at once.
/// </summary>
internal sealed class Erasing(PersonErasure erasure, PersonalDataOptions options, JobServices services, ILogger<Erasing> log) : BackgroundJob(services)
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    public async Task EraseDueAsync(CancellationToken ct)
    {
        await erasure.PruneNamesAsync(ct);
        if (options.EraseAfter is not { } period) return;

        while (await erasure.ListDueAsync(period, ct) is { Count: > 0 } due)
        {
            foreach (var personId in due)
            {
                if (await erasure.EraseAsync(personId, Actor.Issuer, ct) is Erasure.Done(var facts)) log.Erased(personId, facts);
            }
        }
    }

    protected override TimeSpan PauseAfterFailure => Interval;

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop)
    {
        await EraseDueAsync(stop);
        return Interval;
    }

    /// <summary>A database that is away now is asked again in an hour; nothing depends on this having run.</summary>
    protected override void LogFailure(Exception fault) => log.ErasingFailed(fault.GetBaseException().Message);
}

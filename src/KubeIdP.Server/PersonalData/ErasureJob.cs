using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.PersonalData;

/// <summary>
/// Erases every hour the data of people whose retention (personalData.eraseAfter) is over, and expired reservations of user names. Any
/// number of replicas may do it at the same time.
/// </summary>
internal sealed class ErasureJob(PersonErasure erasure, PersonalDataOptions options, JobServices services, ILogger<ErasureJob> log)
    : BackgroundJob(services)
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
                if (await erasure.EraseAsync(personId, Actor.Issuer, ct) is Erasure.Done(var events)) log.Erased(personId, events);
            }
        }
    }

    protected override TimeSpan PauseAfterFailure => Interval;

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop)
    {
        await EraseDueAsync(stop);
        return Interval;
    }

    /// <summary>If the database is not available, the next run is in an hour; nothing depends on this job.</summary>
    protected override void LogFailure(Exception fault) => log.ErasureFailed(fault.GetBaseException().Message);
}

using KubeIdP.Data.DeviceCodes;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.DeviceCode;

/// <summary>Deletes expired device requests, once a minute. Any number of replicas may do so at once.</summary>
internal sealed class DeviceCodePruning(DeviceRequestStore requests, DeviceCodeMetrics metrics, JobServices services,
    ILogger<DeviceCodePruning> log)
    : BackgroundJob(services)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override TimeSpan PauseAfterFailure => Interval;

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop)
    {
        var expired = await requests.PruneAsync(stop);
        metrics.Expired(expired.Undecided);
        metrics.NotCollected(expired.NotCollected);
        metrics.DeniedByAdministrator(expired.DeniedByAdministrator);
        return Interval;
    }

    protected override void LogFailure(Exception fault) => log.PruningFailed(fault.GetBaseException().Message);
}

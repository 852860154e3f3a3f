using KubeIdP.Data.Audit;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Audit;

/// <summary>
/// Limits how many audit events a stranger can cause, writes checkpoints, exports events and deletes old ones. Each feature appends its
/// audit events in the transaction of the change (<see cref="NewAuditEvent"/>), without this feature.
/// </summary>
internal static class AuditSetup
{
    public static IServiceCollection AddAudit(this IServiceCollection services) => services
        .AddInstruments<LoginMetrics>()
        .AddSingleton<RefusalAudit>()
        .AddSingleton<AuditExportStore>()
        .AddHostedService<AuditCheckpointJob>()
        .AddHostedService<RefusalCounts>()
        .AddHostedService<AuditExport>()
        .AddHostedService<AuditPruning>();
}

using KubeIdP.Data.Audit;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Audit;

/// <summary>
/// What becomes of audit events: how many of them a stranger can cause, where they are written to, when they are forgotten. Whoever does something writes its audit event
/// in the same transaction (<see cref="NewAuditEvent"/>); this feature is told nothing.
/// </summary>
internal static class AuditSetup
{
    public static IServiceCollection AddAudit(this IServiceCollection services) =>
        services.AddInstruments<LoginMetrics>().AddSingleton<RefusalAudit>().AddSingleton<AuditExportStore>().AddHostedService<AuditCheckpointJob>().AddHostedService<RefusalCounts>().AddHostedService<AuditExport>().AddHostedService<AuditPruning>();
}

using KubeIdP.Data.Audit;
using KubeIdP.Server.Hosting;

namespace KubeIdP.Server.Audit;

/// <summary>
/// What becomes of facts: how many of them a stranger can cause, where they are written to, when they are forgotten. Whoever does something writes its fact
/// in the same transaction (<see cref="AuditEntry"/>); this room is told nothing.
/// </summary>
internal static class AuditSetup
{
    public static IServiceCollection AddAudit(this IServiceCollection services) =>
        services.AddInstruments<LoginMetrics>().AddSingleton<AuditLog>().AddSingleton<RefusalAudit>().AddSingleton<AuditExportStore>().AddHostedService<AuditSealing>().AddHostedService<RefusalCounts>().AddHostedService<AuditExport>().AddHostedService<AuditPruning>();
}

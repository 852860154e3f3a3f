using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Upstreams;

/// <summary>
/// Reports to administrators, in log, metrics and audit log, what an upstream's answers show in addition to a person: groups that are left
/// out, names that several people have, and that it does not show how it locks accounts. Each is reported once per <see
/// cref="ReportInterval"/> and replica.
/// </summary>
internal sealed class UpstreamRemarks(AuditLog audit, UpstreamMetrics metrics, TimeProvider clock, ILogger<UpstreamRemarks> log)
{
    public static readonly TimeSpan ReportInterval = TimeSpan.FromDays(1);

    // A large domain has some thousand groups.
    private const int MaxReported = 10_000;

    private readonly RecentlyReported<(ConnectorId, UpstreamRemark)> reported = new(ReportInterval, MaxReported, clock);

    public async Task RecordAnswerAsync(ConnectorId connector, IReadOnlyList<UpstreamRemark> remarks, CancellationToken ct)
    {
        foreach (var remark in remarks)
        {
            metrics.Remarked(connector, remark);
            if (!reported.IsNews((connector, remark))) continue;

            log.UpstreamRemarked(connector.Value, remark.Words);
            await audit.AppendAsync(
                new NewAuditEvent(TypeOf(remark)) { Actor = Actor.Issuer.Name, Detail = $"{connector}: {remark.Words}" }, ct);
            reported.Remember((connector, remark));
        }
    }

    private static string TypeOf(UpstreamRemark remark) => remark switch
    {
        UpstreamRemark.GroupLeftOut => AuditEventType.UpstreamGroupLeftOut,
        UpstreamRemark.NameShared => AuditEventType.UpstreamNameShared,
        UpstreamRemark.LockOutUnknown => AuditEventType.UpstreamLockOutUnknown,
        _ => throw new InvalidOperationException("A remark of an unknown kind."),
    };
}

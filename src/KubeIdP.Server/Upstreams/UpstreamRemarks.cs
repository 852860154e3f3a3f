using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Upstreams;

/// <summary>
/// Tells administrators, in log, metrics and audit, what an upstream's answers show beside a person: groups that are left out, names that several people
/// have, and that it does not show how it locks accounts. Each of these once in <see cref="Quiet"/> and replica.
/// </summary>
internal sealed class UpstreamRemarks(AuditLog audit, UpstreamMetrics metrics, TimeProvider clock, ILogger<UpstreamRemarks> log)
{
    public static readonly TimeSpan Quiet = TimeSpan.FromDays(1);

    // A large domain has some thousand groups.
    private const int MaxTold = 10_000;

    private readonly RecentlyReported<(ConnectorId, UpstreamRemark)> told = new(Quiet, MaxTold, clock);

    public async Task HeardAsync(ConnectorId connector, IReadOnlyList<UpstreamRemark> remarks, CancellationToken ct)
    {
        foreach (var remark in remarks)
        {
            metrics.Remarked(connector, remark);
            if (!told.IsNews((connector, remark))) continue;

            log.UpstreamRemarked(connector.Value, remark.Words);
            await audit.AppendAsync(new NewAuditEvent(TypeOf(remark)) { Actor = Actor.Issuer.Name, Detail = $"{connector}: {remark.Words}" }, ct);
            told.Remember((connector, remark));
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

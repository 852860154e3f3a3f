using System.Net;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Audit;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Throttling;

/// <summary>
/// Reports, once an hour per network, that logins from it fail for many accounts, as in password spraying, which tries one password on
/// every account and so stays below the limit of each. For very many networks only their number is reported.
/// </summary>
internal sealed class SprayDetection(AuditLog audit, RefusalAudit refusals, TimeProvider clock, ILogger<SprayDetection> logger)
{
    private const int MaxNetworks = 10_000;

    private static readonly TimeSpan ReportInterval = TimeSpan.FromHours(1);

    private readonly RecentlyReported<string> reported = new(ReportInterval, MaxNetworks, clock);

    public async Task RaiseAsync(IPAddress? address, CancellationToken ct)
    {
        var network = RequestInfo.NetworkOf(address);
        if (!reported.IsNews(network)) return;

        reported.Remember(network);
        var auditEvent = new NewAuditEvent(AuditEventType.LoginSpraying) { Address = network,
            Detail = $"more than {ThrottleLimits.FreeAccounts} accounts" };
        if (refusals.MayWrite(auditEvent.Type, network) && await audit.AppendOncePerAddressAsync(auditEvent, ReportInterval, ct))
            logger.Spraying(network, ThrottleLimits.FreeAccounts);
    }
}

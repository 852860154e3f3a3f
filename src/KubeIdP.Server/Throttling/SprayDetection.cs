using System.Net;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Audit;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Throttling;

/// <summary>
/// Says, once an hour for each network, that one fails at many accounts, as one does who tries one password on everybody and so stays below every account's
/// limit. Of very many networks a number is said.
/// </summary>
internal sealed class SprayDetection(AuditLog audit, RefusalAudit refusals, TimeProvider clock, ILogger<SprayDetection> logger)
{
    private const int MaxNetworks = 10_000;

    private static readonly TimeSpan Quiet = TimeSpan.FromHours(1);

    private readonly RecentlyReported<string> told = new(Quiet, MaxNetworks, clock);

    public async Task RaiseAsync(IPAddress? address, CancellationToken ct)
    {
        var network = RequestInfo.NetworkOf(address);
        if (!told.IsNews(network)) return;

        told.Remember(network);
        var entry = new NewAuditEvent(AuditEventType.LoginSpraying) { Address = network, Detail = $"more than {ThrottleLimits.FreeAccounts} accounts" };
        if (refusals.MayWrite(entry.Type, network) && await audit.AppendOncePerAddressAsync(entry, Quiet, ct)) logger.Spraying(network, ThrottleLimits.FreeAccounts);
    }
}

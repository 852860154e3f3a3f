using System.Net;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Audit;
using KubeIdP.Server.Hosting;
using KubeIdP.Server.Shared;

namespace KubeIdP.Server.Login;

/// <summary>
/// Says, once an hour for each network, that one fails at many accounts, as one does who tries one password on everybody and so stays below every account's
/// limit. Of very many networks a number is said.
/// </summary>
internal sealed class SprayAlarm(AuditLog audit, RefusalAudit refusals, TimeProvider clock, ILogger<SprayAlarm> logger)
{
    private const int MaxNetworks = 10_000;

    private static readonly TimeSpan Quiet = TimeSpan.FromHours(1);

    private readonly Told<string> told = new(Quiet, MaxNetworks, clock);

    public async Task RaiseAsync(IPAddress? address, CancellationToken ct)
    {
        var network = RequestFacts.NetworkOf(address);
        if (!told.IsNews(network)) return;

        told.Remember(network);
        var entry = new AuditEntry(AuditEventType.LoginSpraying) { Address = network, Detail = $"more than {GuessDelay.FreeAccounts} accounts" };
        if (refusals.MayWrite(entry.Type, network) && await audit.AppendOncePerAddressAsync(entry, Quiet, ct)) logger.Spraying(network, GuessDelay.FreeAccounts);
    }
}

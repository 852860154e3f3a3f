using System.Net;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Guessing;
using KubeIdP.Server.Hosting;

namespace KubeIdP.Server.Login;

/// <summary>Slows an address down that <see cref="SprayWatch"/> has noticed, on all replicas, and says so once an hour.</summary>
internal sealed class SprayGuard(FailureStore failures, AuditLog audit, TimeProvider clock, ILogger<SprayGuard> logger)
{
    /// <summary>As if it had failed this often: half a minute for the next try, and doubling.</summary>
    private const int FailuresOfSprayer = GuessDelay.FreePerAddress + 5;

    private readonly SprayWatch watch = new();

    public async Task ObserveAsync(GuessKey key, IPAddress? address, CancellationToken ct)
    {
        var network = RequestFacts.NetworkOf(address);
        if (!watch.Observe(network, key.Account, clock.GetUtcNow())) return;

        await failures.RaiseAsync(key.Address, FailuresOfSprayer, ct);

        var entry = new AuditEntry(AuditEventType.LoginSpraying) { Address = network, Detail = $"more than {SprayWatch.MaxAccounts} accounts" };
        if (await audit.AppendOncePerAddressAsync(entry, TimeSpan.FromHours(1), ct)) logger.Spraying(network, SprayWatch.MaxAccounts);
    }
}

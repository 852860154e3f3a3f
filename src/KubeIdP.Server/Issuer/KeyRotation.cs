using System.Security.Cryptography;
using KubeIdP.Server.Hosting;

namespace KubeIdP.Server.Issuer;

/// <summary>Keeps this replica's signing keys those of the database, and makes the next one when its time has come.</summary>
internal sealed class KeyRotation(SigningKeys keys, TimeProvider clock, ILogger<KeyRotation> log) : BackgroundService
{
    /// <summary>Twice within <see cref="KeySchedule.Haste"/>, so that after an emergency every replica publishes the new key before any signs with it.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await keys.KeepUpAsync(stoppingToken);
            }
            catch (Exception fault) when (Outage.Is(fault))
            {
                // Nothing is issued without the database anyway.
            }
            catch (CryptographicException fault)
            {
                log.KeysNotOpened(fault);
            }
        }
    }
}

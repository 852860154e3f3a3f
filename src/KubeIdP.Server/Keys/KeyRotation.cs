using System.Security.Cryptography;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Keys;

/// <summary>Keeps this replica's signing keys in sync with the database, and creates the next one when it is due.</summary>
internal sealed class KeyRotation(SigningKeys keys, UnreadableSecrets unreadable, JobServices services, ILogger<KeyRotation> log)
    : BackgroundJob(services)
{
    /// <summary>
    /// Twice within <see cref="KeySchedule.EmergencyAnnouncement"/>, so that after an emergency every replica publishes the new key before
    /// any signs with it.
    /// </summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    protected override TimeSpan PauseAfterFailure => TimeSpan.Zero;

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop)
    {
        // The start has just loaded the keys.
        await Task.Delay(Interval, Clock, stop);
        try
        {
            await keys.DoWhatIsDueAsync(stop);
        }
        catch (CryptographicException fault)
        {
            await unreadable.ReportAsync("A signing key",
                $"{fault.Message} {KeyDiagnostics.RestoreFix} Until then this server keeps using the keys that it loaded before, and "
                + $"will not start again.", personId: null, stop);
            throw;
        }

        return TimeSpan.Zero;
    }

    protected override void LogFailure(Exception fault)
    {
        if (fault is CryptographicException) log.KeysNotOpened(fault.GetBaseException().Message);
        else log.KeysNotRead(fault.GetBaseException().Message);
    }
}

using System.Security.Cryptography;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Keys;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Keys;

/// <summary>Reads the audit key of the database, and creates it if nothing was recorded yet.</summary>
internal sealed class AuditKeys(AuditKeyStore store, MasterKey master, NextMasterKey next)
{
    /// <exception cref="StartFault">The key is missing, or neither the master key nor its successor has wrapped it.</exception>
    public async Task<AuditKey> ReadAsync(CancellationToken ct)
    {
        var wrapped = await store.ReadOrInsertAsync(() =>
            master.Wrap(RandomNumberGenerator.GetBytes(AuditKey.Size), MasterKeyChange.AuditPurpose), ct)
            ?? throw new StartFault(KeyDiagnostics.AuditKeyLost);
        try
        {
            var holder = next.Key is { } follower && follower.HasWrapped(wrapped) ? follower : master;
            return new AuditKey(holder.Unwrap(wrapped, MasterKeyChange.AuditPurpose));
        }
        catch (CryptographicException fault)
        {
            throw new StartFault(KeyDiagnostics.Unreadable("The audit key", fault));
        }
    }
}

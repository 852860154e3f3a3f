using System.Security.Cryptography;
using System.Xml;
using KubeIdP.Data.Keys;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Keys;

/// <summary>
/// Opens every key in a database that the master key protects, and makes none. A start does it before it makes what is missing, and <c>check</c> does the
/// same and stops there.
/// </summary>
internal sealed class KeyDiagnostics(WrappedKeyStore store, SigningKeyStore signing, TimeProvider clock)
{
    /// <summary>What to do about a key that does not open.</summary>
    public const string Restore = "Restore database and master key from one backup.";

    /// <summary>What to say of a database with audit events whose key is gone.</summary>
    public const string AuditKeyLost = $"The key of the audit is missing beside audit events. {Restore}";

    /// <summary>
    /// Makes the master key where the first start is to do it: with SQLite, in the data directory, for a database in which nothing was ever protected. Throws
    /// <see cref="StartFault"/> when the key is gone: a new one would open nothing, and what it then protected would be lost with the old one's return.
    /// </summary>
    public async Task EnsureMasterKeyAsync(MasterKeyFile file, CancellationToken ct)
    {
        if (file.IsNamed || File.Exists(file.Path)) return;

        // In this order: whoever starts beside this process makes the file before anything that it protects.
        if ((await store.ReadAsync(ct)).WereMade && !File.Exists(file.Path)) throw new StartFault(Lost(file.Path));
        MasterKey.LoadOrCreate(file);
    }

    /// <summary>Why a start with this master key would be refused, with the fix; nothing: it would not.</summary>
    public async Task<IReadOnlyList<string>> FindFaultsAsync(MasterKey master, CancellationToken ct)
    {
        var keys = await store.ReadAsync(ct);
        List<string?> faults =
        [
            keys is { Audit: null, HasAuditEvents: true } ? AuditKeyLost : null,
            keys is { Signing: [], HasSessions: true } ? $"The signing keys are missing beside people who have signed in. {Restore}" : null,
            keys is { DataProtection: [], HasSessions: true } ? $"The data-protection keys are missing beside people who have signed in. {Restore}" : null,
            keys.Audit is { } audit ? await FaultOfAsync("The audit key", () => master.Unwrap(audit, MasterKeyChange.AuditPurpose)) : null,
            await FaultOfAsync("The signing keys", () => new SigningKeys(signing, master, clock).ReloadAsync(ct)),
            .. await Task.WhenAll(keys.DataProtection.Select(key => FaultOfAsync($"The data-protection key {key.Id}", () => MasterKeyXmlEncryptor.Open(key.Xml, master)))),
            .. CopiesAmong(keys.DataProtection),
        ];
        return [.. faults.OfType<string>()];
    }

    /// <summary>What to say of a master key that is not there, beside a database that needs it.</summary>
    public static string Lost(string file) => $"The database is there, but not the master key {file} that opens it, and a new one would not. {Restore}";

    /// <summary>What to say of a key that the master key does not open.</summary>
    /// <param name="what">The key, as the beginning of the sentence.</param>
    public static string Unreadable(string what, Exception fault) => $"{what} can't be opened: {fault.Message} {Restore}";

    // Data Protection can't start with one key twice, and with the secret of one in another it opens nothing that the other has protected.
    private static IEnumerable<string> CopiesAmong(IReadOnlyList<(int Id, string Xml)> keys)
    {
        var owners = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (id, xml) in keys)
        {
            var copied = MasterKeyXmlEncryptor.OwnPartsOf(xml).Select(part => owners.TryAdd(part, id) ? id : owners[part]).FirstOrDefault(owner => owner != id, id);
            if (copied != id) yield return $"The data-protection key {id} can't be opened: it is a copy of {copied}, in whole or in part. {Restore}";
        }
    }

    private static Task<string?> FaultOfAsync(string what, Action open) => FaultOfAsync(what, () =>
    {
        open();
        return Task.CompletedTask;
    });

    private static async Task<string?> FaultOfAsync(string what, Func<Task> open)
    {
        try
        {
            await open();
            return null;
        }
        catch (Exception fault) when (IsDamage(fault))
        {
            return Unreadable(what, fault);
        }
    }

    /// <summary>Whether an exception tells of a key that does not open.</summary>
    public static bool IsDamage(Exception fault) => fault is CryptographicException or FormatException or XmlException or ArgumentException;
}

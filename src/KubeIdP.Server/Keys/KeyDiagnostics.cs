using System.Security.Cryptography;
using System.Xml;
using KubeIdP.Data.Keys;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Keys;

/// <summary>
/// Unwraps every key in a database that the master key protects, and creates none. A start does this before it creates missing keys;
/// <c>check</c> only does this.
/// </summary>
internal sealed class KeyDiagnostics(WrappedKeyStore store, SigningKeyStore signing, TimeProvider clock)
{
    /// <summary>What to do about a key that can't be decrypted.</summary>
    public const string RestoreFix = "Restore database and master key from one backup.";

    /// <summary>The message for a database with audit events whose key is missing.</summary>
    public const string AuditKeyLost = $"The audit key is missing, but there are audit events. {RestoreFix}";

    /// <summary>
    /// Creates the master key at the first start: with SQLite, in the data directory, for a database in which nothing was ever protected.
    /// Throws <see cref="StartFault"/> if the key is missing otherwise: a new one could decrypt nothing, and what it protected would be
    /// lost when the old one is restored.
    /// </summary>
    public async Task EnsureMasterKeyAsync(MasterKeyFile file, CancellationToken ct)
    {
        if (file.IsNamed || File.Exists(file.Path)) return;

        // In this order, because a process that starts at the same time creates the file before anything that it protects.
        if ((await store.ReadAsync(ct)).MasterKeyWasUsed && !File.Exists(file.Path)) throw new StartFault(Lost(file.Path));
        MasterKey.LoadOrCreate(file);
    }

    /// <summary>Why a start with this master key would be refused, with the fix; empty: it would not.</summary>
    public async Task<IReadOnlyList<string>> FindFaultsAsync(MasterKey master, CancellationToken ct)
    {
        var keys = await store.ReadAsync(ct);
        List<string?> faults =
        [
            keys is { Audit: null, HasAuditEvents: true } ? AuditKeyLost : null,
            keys is { Signing: [], HasSessions: true } ? $"The signing keys are missing, but people have signed in. {RestoreFix}" : null,
            keys is { DataProtection: [], HasSessions: true }
                ? $"The data-protection keys are missing, but people have signed in. {RestoreFix}"
                : null,
            keys.Audit is { } audit ? await FaultOfAsync("The audit key", () => master.Unwrap(audit, MasterKeyChange.AuditPurpose)) : null,
            await FaultOfAsync("The signing keys", () => new SigningKeys(signing, master, clock).ReloadAsync(ct)),
            .. await Task.WhenAll(
                keys.DataProtection.Select(key =>
                    FaultOfAsync($"The data-protection key {key.Id}", () => MasterKeyXmlEncryptor.Open(key.Xml, master)))),
            .. CopiesAmong(keys.DataProtection),
        ];
        return [.. faults.OfType<string>()];
    }

    /// <summary>The message for a missing master key of an existing database.</summary>
    public static string Lost(string file) =>
        $"The database exists, but its master key {file} is missing, and a new key can't decrypt it. {RestoreFix}";

    /// <summary>The message for a key that the master key can't decrypt.</summary>
    /// <param name="what">The key, as the beginning of the sentence.</param>
    public static string Unreadable(string what, Exception fault) => $"{what} can't be decrypted: {fault.Message} {RestoreFix}";

    // Data Protection can't start with a duplicate key, and a key with the secret of another one can't decrypt what it has protected.
    private static IEnumerable<string> CopiesAmong(IReadOnlyList<(int Id, string Xml)> keys)
    {
        var owners = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (id, xml) in keys)
        {
            var copied = MasterKeyXmlEncryptor.OwnPartsOf(xml).Select(part => owners.TryAdd(part, id) ? id : owners[part])
                .FirstOrDefault(owner => owner != id, id);
            if (copied != id)
                yield return $"The data-protection key {id} can't be decrypted: all or part of it is a copy of key {copied}. {RestoreFix}";
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

    /// <summary>Whether an exception means that a key can't be decrypted.</summary>
    public static bool IsDamage(Exception fault) => fault is CryptographicException or FormatException or XmlException or ArgumentException;
}

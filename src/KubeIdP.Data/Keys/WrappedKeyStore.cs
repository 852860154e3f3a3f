using System.Globalization;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Keys;

/// <summary>Reads everything that the master key protects, and replaces it when the master key changes.</summary>
public sealed class WrappedKeyStore(Database database, AuditLog auditLog, SigningKeyStore signingKeys,
    DataProtectionKeyStore dataProtectionKeys)
{
    /// <summary>Everything as it is now.</summary>
    public async Task<WrappedKeys> ReadAsync(CancellationToken ct)
    {
        var (signing, dataProtection) = (await signingKeys.ListAsync(ct), await dataProtectionKeys.ListAsync(ct));
        return (await database.FindAsync($"""
            SELECT ({AuditKeyStore.Read}) AS audit_key, EXISTS (SELECT 1 FROM audit_events) AS has_events,
                EXISTS (SELECT 1 FROM sessions) OR EXISTS (SELECT 1 FROM factors) AS has_sessions
            """,
            row => new WrappedKeys(row.BytesOrNull("audit_key"), signing, dataProtection, row.Flag("has_events"), row.Flag("has_sessions")),
            ct))!;
    }

    /// <summary>
    /// Rewraps all keys in one transaction, with one audit event. Returns null if one of them has changed in the meantime; then nothing was
    /// done, and the call can be repeated.
    /// </summary>
    /// <param name="signing">
    /// Returns the new wrapped form of a signing key, given its id and current form; null: it is already wrapped by the new master key.
    /// </param>
    /// <param name="dataProtection">The same for the document of a key of the data-protection ring.</param>
    /// <param name="audit">The same for the audit key.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="ct">If it is cancelled in time, nothing was rewrapped.</param>
    /// <returns>How many keys of each kind were rewrapped.</returns>
    public async Task<(int Signing, int DataProtection)?> RewrapAsync(
        Func<string, byte[], byte[]?> signing, Func<string, string?> dataProtection, Func<byte[], byte[]?> audit, Actor by,
        CancellationToken ct)
    {
        var (signers, ring) = (await signingKeys.ListAsync(ct), await dataProtectionKeys.ListAsync(ct));
        await using var work = await database.BeginAsync(ct);
        if (await RewrapSigningAsync(work, signers, signing, ct) is not { } countOfSigning) return null;
        if (await RewrapDataProtectionAsync(work, ring, dataProtection, ct) is not { } countOfDataProtection) return null;

        if (await work.BytesAsync(AuditKeyStore.Read, ct) is { } auditKey && audit(auditKey) is { } rewrapped)
            await work.ExecuteAsync("UPDATE audit_keys SET wrapped = @new WHERE number = 1", ct, ("new", rewrapped));

        await auditLog.AppendAsync(work, new NewAuditEvent(AuditEventType.KeysRewrapped)
        {
            Actor = by.Name, Reason = by.Reason,
                Detail = string.Create(CultureInfo.InvariantCulture, $"{countOfSigning} signing, {countOfDataProtection} data protection"),
        }, ct);
        await work.CommitAsync(ct);
        return (countOfSigning, countOfDataProtection);
    }

    private static async Task<int?> RewrapSigningAsync(UnitOfWork work, IReadOnlyList<SigningKey> keys,
        Func<string, byte[], byte[]?> rewrap, CancellationToken ct)
    {
        const string Replace = "UPDATE signing_keys SET wrapped_private_key = @new WHERE key_id = @id AND wrapped_private_key = @old";
        var count = 0;
        foreach (var key in keys.Where(key => key.WrappedPrivateKey.Length > 0))
        {
            if (rewrap(key.KeyId, key.WrappedPrivateKey) is not { } wrapped) continue;
            if (await work.ExecuteAsync(Replace, ct, ("new", wrapped), ("id", key.KeyId), ("old", key.WrappedPrivateKey)) == 0) return null;
            count++;
        }

        return count;
    }

    private static async Task<int?> RewrapDataProtectionAsync(
        UnitOfWork work, IReadOnlyList<(int Id, string Xml)> keys, Func<string, string?> rewrap, CancellationToken ct)
    {
        const string Replace = "UPDATE data_protection_keys SET xml = @new WHERE id = @id AND xml = @old";
        var count = 0;
        foreach (var (id, xml) in keys)
        {
            if (rewrap(xml) is not { } wrapped) continue;
            if (await work.ExecuteAsync(Replace, ct, ("new", wrapped), ("id", id), ("old", xml)) == 0) return null;
            count++;
        }

        return count;
    }
}

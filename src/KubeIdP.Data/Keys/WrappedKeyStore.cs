using System.Globalization;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Keys;

/// <summary>Everything that the master key wraps, for the day on which it changes.</summary>
public sealed class WrappedKeyStore(Database database, SigningKeyStore signingKeys, SealingKeyStore sealingKeys)
{
    /// <summary>
    /// Wraps all keys anew in one transaction, with one audit row. Null when one of them has changed meanwhile: nothing was done, and it may be tried again.
    /// </summary>
    /// <param name="signing">A signing key's new wrapping, by its id and its present one; null: it has it already.</param>
    /// <param name="sealing">The same for the document of a key of the data-protection ring.</param>
    /// <param name="audit">The same for the audit's key.</param>
    public async Task<(int Signing, int Sealing)?> RewrapAsync(
        Func<string, byte[], byte[]?> signing, Func<string, string?> sealing, Func<byte[], byte[]?> audit, Actor by, CancellationToken ct)
    {
        var (toSign, toSeal) = (await signingKeys.ListAsync(ct), await sealingKeys.ListAsync(ct));
        await using var work = await Work.BeginAsync(database, ct);
        var (countOfSigning, countOfSealing) = (0, 0);
        foreach (var key in toSign.Where(key => key.WrappedPrivateKey.Length > 0))
        {
            if (signing(key.KeyId, key.WrappedPrivateKey) is not { } wrapped) continue;
            if (await work.ExecuteAsync("UPDATE signing_keys SET wrapped_private_key = @new WHERE key_id = @id AND wrapped_private_key = @old", ct,
                ("new", wrapped), ("id", key.KeyId), ("old", key.WrappedPrivateKey)) == 0) return null;
            countOfSigning++;
        }

        foreach (var (id, xml) in toSeal)
        {
            if (sealing(xml) is not { } wrapped) continue;
            if (await work.ExecuteAsync("UPDATE data_protection_keys SET xml = @new WHERE id = @id AND xml = @old", ct, ("new", wrapped), ("id", id), ("old", xml)) == 0) return null;
            countOfSealing++;
        }

        if (await work.ScalarAsync("SELECT wrapped FROM audit_keys WHERE number = 1", ct) is byte[] auditKey && audit(auditKey) is { } rewrapped)
            await work.ExecuteAsync("UPDATE audit_keys SET wrapped = @new WHERE number = 1", ct, ("new", rewrapped));

        await work.RecordAsync(new AuditEntry(AuditEventType.KeysRewrapped)
        {
            Actor = by.Name, Reason = by.Reason, Detail = string.Create(CultureInfo.InvariantCulture, $"{countOfSigning} signing, {countOfSealing} sealing"),
        }, ct);
        await work.CommitAsync(ct);
        return (countOfSigning, countOfSealing);
    }
}

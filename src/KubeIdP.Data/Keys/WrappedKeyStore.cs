using System.Globalization;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Keys;

/// <summary>Everything in a database that the master key protects.</summary>
/// <param name="Audit">The key of the audit; null: there is none.</param>
/// <param name="Signing">The keys that sign ID tokens, also those of which only the public part is left.</param>
/// <param name="Sealing">The data-protection ring, each key as its XML document.</param>
/// <param name="HasAuditEvents">Whether something was recorded, which needed the key of the audit.</param>
/// <param name="HasSessions">Whether somebody has signed in or has a second factor, which needed keys of the other two kinds.</param>
public sealed record WrappedKeys(
    byte[]? Audit, IReadOnlyList<SigningKey> Signing, IReadOnlyList<(int Id, string Xml)> Sealing, bool HasAuditEvents, bool HasSessions)
{
    /// <summary>Whether a master key was in use with this database.</summary>
    public bool WereMade => Audit is not null || Signing is not [] || Sealing is not [] || HasAuditEvents || HasSessions;
}

/// <summary>Reads everything that the master key protects, and replaces it on the day on which the master key changes.</summary>
public sealed class WrappedKeyStore(Database database, SigningKeyStore signingKeys, DataProtectionKeyStore sealingKeys)
{
    /// <summary>Everything as it is now.</summary>
    public async Task<WrappedKeys> ReadAsync(CancellationToken ct)
    {
        var (signing, sealing) = (await signingKeys.ListAsync(ct), await sealingKeys.ListAsync(ct));
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection, """
            SELECT (SELECT wrapped FROM audit_keys WHERE number = 1), EXISTS (SELECT 1 FROM audit_events), EXISTS (SELECT 1 FROM sessions) OR EXISTS (SELECT 1 FROM factors)
            """);
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return new WrappedKeys(row.BytesOrNull(0), signing, sealing, HasAuditEvents: row.GetBoolean(1), HasSessions: row.GetBoolean(2));
    }

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

        await work.RecordAsync(new NewAuditEvent(AuditEventType.KeysRewrapped)
        {
            Actor = by.Name, Reason = by.Reason, Detail = string.Create(CultureInfo.InvariantCulture, $"{countOfSigning} signing, {countOfSealing} sealing"),
        }, ct);
        await work.CommitAsync(ct);
        return (countOfSigning, countOfSealing);
    }
}

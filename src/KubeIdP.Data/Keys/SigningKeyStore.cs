using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Keys;

/// <summary>The rows of the keys that sign ID tokens.</summary>
public sealed class SigningKeyStore(Database database, AuditLog auditLog)
{
    /// <summary>Every key, by algorithm and then from the first to the last.</summary>
    public async Task<IReadOnlyList<SigningKey>> ListAsync(CancellationToken ct) => await database.ListAsync("""
        SELECT algorithm, sequence, key_id, wrapped_private_key, public_key, created_at, signs_from, retired_at FROM signing_keys
            ORDER BY algorithm, sequence
        """, Key, ct);

    /// <summary>
    /// Adds a key, with its audit event. With <paramref name="retireOthers"/>, all keys before it are retired at the time from which the
    /// new one signs. Returns false, and does nothing, if another process has already added a key with this algorithm and number.
    /// </summary>
    public async Task<bool> InsertAsync(SigningKey key, bool retireOthers, Actor by, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        var inserted = await work.ExecuteAsync("""
            INSERT INTO signing_keys (algorithm, sequence, key_id, wrapped_private_key, created_at, signs_from)
            VALUES (@algorithm, @sequence, @id, @key, @created, @from)
            ON CONFLICT (algorithm, sequence) DO NOTHING
            """, ct,
            ("algorithm", key.Algorithm), ("sequence", key.Sequence), ("id", key.KeyId), ("key", key.WrappedPrivateKey),
            ("created", key.CreatedAt), ("from", key.SignsFrom ?? key.CreatedAt));
        if (inserted == 0) return false;

        await auditLog.AppendAsync(work, EventOf(AuditEventType.KeyCreated, by, $"{key.Algorithm} {key.KeyId}"), ct);
        if (retireOthers)
        {
            var retired = await work.ExecuteAsync(
                "UPDATE signing_keys SET retired_at = @at WHERE algorithm = @algorithm AND sequence < @sequence AND (retired_at IS NULL "
                    + "OR retired_at > @at)", ct,
                ("at", key.SignsFrom ?? key.CreatedAt), ("algorithm", key.Algorithm), ("sequence", key.Sequence));
            await auditLog.AppendAsync(work, EventOf(AuditEventType.KeyRetired, by, $"{key.Algorithm}, all {retired} before {key.KeyId}"),
                ct);
        }

        await work.CommitAsync(ct);
        return true;
    }

    /// <summary>Retires a key immediately. Returns false if it is already retired or does not exist.</summary>
    public async Task<bool> RetireAsync(string keyId, DateTimeOffset at, Actor by, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        var retired =
            await work.ExecuteAsync(
                "UPDATE signing_keys SET retired_at = @at WHERE key_id = @id AND (retired_at IS NULL OR retired_at > @at)", ct,
            ("id", keyId), ("at", at));
        if (retired == 0) return false;

        await auditLog.AppendAsync(work, EventOf(AuditEventType.KeyRetired, by, keyId), ct);
        await work.CommitAsync(ct);
        return true;
    }

    /// <summary>Stores the public key and deletes the private key.</summary>
    public Task DeletePrivateKeyAsync(string keyId, byte[] publicKey, CancellationToken ct) => database.ExecuteAsync(
        "UPDATE signing_keys SET wrapped_private_key = @nothing, public_key = @public WHERE key_id = @id AND public_key IS NULL", ct,
        ("nothing", Array.Empty<byte>()), ("public", publicKey), ("id", keyId));

    private static SigningKey Key(Row row) => new()
    {
        Algorithm = row.Text("algorithm"),
        Sequence = row.Int("sequence"),
        KeyId = row.Text("key_id"),
        WrappedPrivateKey = row.Bytes("wrapped_private_key"),
        PublicKey = row.BytesOrNull("public_key"),
        CreatedAt = row.Moment("created_at"),
        SignsFrom = row.MomentOrNull("signs_from"),
        RetiredAt = row.MomentOrNull("retired_at"),
    };

    private static NewAuditEvent EventOf(string type, Actor by, string detail) =>
        new(type) { Actor = by.Name, Address = by.Address, Reference = by.Reference, Reason = by.Reason, Detail = detail };
}

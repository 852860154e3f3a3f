using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Keys;

/// <summary>The rows of the keys that sign ID tokens. In plain SQL, for every start waits for them.</summary>
public sealed class SigningKeyStore(Database database)
{
    /// <summary>Every key, by algorithm and then from the first to the last.</summary>
    public async Task<IReadOnlyList<SigningKey>> ListAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection,
            "SELECT algorithm, sequence, key_id, wrapped_private_key, public_key, created_at, signs_from, retired_at FROM signing_keys ORDER BY algorithm, sequence");
        await using var row = await command.ExecuteReaderAsync(ct);
        var keys = new List<SigningKey>();
        while (await row.ReadAsync(ct))
        {
            keys.Add(new SigningKey
            {
                Algorithm = row.GetString(0),
                Sequence = row.GetInt32(1),
                KeyId = row.GetString(2),
                WrappedPrivateKey = row.GetFieldValue<byte[]>(3),
                PublicKey = row.BytesOrNull(4),
                CreatedAt = row.Moment(5),
                SignsFrom = row.MomentOrNull(6),
                RetiredAt = row.MomentOrNull(7),
            });
        }

        return keys;
    }

    /// <summary>
    /// Adds a key, with its audit row; and, where the ones before it may not be used any more, takes all of them out of use at the moment from which the new
    /// one signs. False when somebody else has written that number of its algorithm: theirs is the one, and nothing was done.
    /// </summary>
    public async Task<bool> InsertAsync(SigningKey key, bool retireOthers, Actor by, CancellationToken ct)
    {
        await using var work = await Work.BeginAsync(database, ct);
        var inserted = await work.ExecuteAsync("""
            INSERT INTO signing_keys (algorithm, sequence, key_id, wrapped_private_key, created_at, signs_from) VALUES (@algorithm, @sequence, @id, @key, @created, @from)
            ON CONFLICT (algorithm, sequence) DO NOTHING
            """, ct,
            ("algorithm", key.Algorithm), ("sequence", key.Sequence), ("id", key.KeyId), ("key", key.WrappedPrivateKey),
            ("created", key.CreatedAt.ToUnixTimeMilliseconds()), ("from", (key.SignsFrom ?? key.CreatedAt).ToUnixTimeMilliseconds()));
        if (inserted == 0) return false;

        await work.RecordAsync(Entry(AuditEventType.KeyCreated, by, $"{key.Algorithm} {key.KeyId}"), ct);
        if (retireOthers)
        {
            var retired = await work.ExecuteAsync(
                "UPDATE signing_keys SET retired_at = @at WHERE algorithm = @algorithm AND sequence < @sequence AND (retired_at IS NULL OR retired_at > @at)", ct,
                ("at", (key.SignsFrom ?? key.CreatedAt).ToUnixTimeMilliseconds()), ("algorithm", key.Algorithm), ("sequence", key.Sequence));
            await work.RecordAsync(Entry(AuditEventType.KeyRetired, by, $"{key.Algorithm}, all {retired} before {key.KeyId}"), ct);
        }

        await work.CommitAsync(ct);
        return true;
    }

    /// <summary>Takes a key out of use at once. False when it is already, or there is none of this id.</summary>
    public async Task<bool> RetireAsync(string keyId, DateTimeOffset at, Actor by, CancellationToken ct)
    {
        await using var work = await Work.BeginAsync(database, ct);
        var retired = await work.ExecuteAsync("UPDATE signing_keys SET retired_at = @at WHERE key_id = @id AND (retired_at IS NULL OR retired_at > @at)", ct,
            ("id", keyId), ("at", at.ToUnixTimeMilliseconds()));
        if (retired == 0) return false;

        await work.RecordAsync(Entry(AuditEventType.KeyRetired, by, keyId), ct);
        await work.CommitAsync(ct);
        return true;
    }

    /// <summary>Keeps of a key what verifies, and forgets for ever what signs.</summary>
    public async Task ForgetPrivatePartAsync(string keyId, byte[] publicKey, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection, "UPDATE signing_keys SET wrapped_private_key = @nothing, public_key = @public WHERE key_id = @id AND public_key IS NULL",
            ("nothing", Array.Empty<byte>()), ("public", publicKey), ("id", keyId));
        await command.ExecuteNonQueryAsync(ct);
    }

    private static NewAuditEvent Entry(string type, Actor by, string detail) =>
        new(type) { Actor = by.Name, Address = by.Address, Reference = by.Reference, Reason = by.Reason, Detail = detail };
}

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
        await using var command = database.Command(connection, "SELECT algorithm, sequence, key_id, wrapped_private_key, created_at FROM signing_keys ORDER BY algorithm, sequence");
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
                CreatedAt = row.Moment(4),
            });
        }

        return keys;
    }

    /// <summary>Adds a key, with its audit row. False when somebody else has written that number of its algorithm: theirs is the one.</summary>
    public async Task<bool> InsertAsync(SigningKey key, CancellationToken ct)
    {
        await using var work = await Work.BeginAsync(database, ct);
        var inserted = await work.ExecuteAsync("""
            INSERT INTO signing_keys (algorithm, sequence, key_id, wrapped_private_key, created_at) VALUES (@algorithm, @sequence, @id, @key, @created)
            ON CONFLICT (algorithm, sequence) DO NOTHING
            """, ct,
            ("algorithm", key.Algorithm), ("sequence", key.Sequence), ("id", key.KeyId), ("key", key.WrappedPrivateKey), ("created", key.CreatedAt.ToUnixTimeMilliseconds()));
        if (inserted == 0) return false;

        await work.RecordAsync(new AuditEntry(AuditEventType.KeyCreated) { Actor = "server", Detail = $"{key.Algorithm} {key.KeyId}" }, ct);
        await work.CommitAsync(ct);
        return true;
    }
}

using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Keys;

/// <summary>The row of the audit key.</summary>
public sealed class AuditKeyStore(Database database)
{
    internal const string Read = "SELECT wrapped FROM audit_keys WHERE number = 1";

    // Events that were recorded with a lost key would look forged under a new key, so no new key is inserted beside them.
    private const string Insert = """
        INSERT INTO audit_keys (number, wrapped) SELECT 1, @wrapped WHERE NOT EXISTS (SELECT 1 FROM audit_events)
            ON CONFLICT (number) DO NOTHING
        """;

    /// <summary>
    /// The wrapped key of this database. If nothing was recorded yet, the key from <paramref name="make"/> is stored, unless another
    /// process was first. Null: the key is missing although events were recorded.
    /// </summary>
    public async Task<byte[]?> ReadOrInsertAsync(Func<byte[]> make, CancellationToken ct)
    {
        if (await database.BytesAsync(Read, ct) is { } present) return present;

        await database.ExecuteAsync(Insert, ct, ("wrapped", make()));
        return await database.BytesAsync(Read, ct);
    }
}

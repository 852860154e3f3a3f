using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Keys;

/// <summary>The row of the audit key.</summary>
public sealed class AuditKeyStore(Database database)
{
    internal const string Read = "SELECT wrapped FROM audit_keys WHERE number = 1";

    // What was recorded with a key that is gone would look forged under another one.
    private const string Insert = """
        INSERT INTO audit_keys (number, wrapped) SELECT 1, @wrapped WHERE NOT EXISTS (SELECT 1 FROM audit_events) ON CONFLICT (number) DO NOTHING
        """;

    /// <summary>
    /// The wrapped key of this database. Where nothing was recorded yet, <paramref name="make"/>'s becomes it, or that of whoever was first. Null: it is gone.
    /// </summary>
    public async Task<byte[]?> ReadOrInsertAsync(Func<byte[]> make, CancellationToken ct)
    {
        if (await database.BytesAsync(Read, ct) is { } present) return present;

        await database.ExecuteAsync(Insert, ct, ("wrapped", make()));
        return await database.BytesAsync(Read, ct);
    }
}

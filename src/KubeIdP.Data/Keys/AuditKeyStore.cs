using System.Data.Common;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Keys;

/// <summary>The row of the audit's key.</summary>
public sealed class AuditKeyStore(Database database)
{
    private const string Read = "SELECT wrapped FROM audit_keys WHERE number = 1";

    /// <summary>The wrapped key of this database. Where there is none yet, <paramref name="make"/>'s becomes it, or that of whoever was first.</summary>
    public async Task<byte[]> ReadOrInsertAsync(Func<byte[]> make, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        if (await ReadAsync(connection, ct) is { } present) return present;

        await using (var insert = database.Command(connection, "INSERT INTO audit_keys (number, wrapped) VALUES (1, @wrapped) ON CONFLICT (number) DO NOTHING", ("wrapped", make())))
            await insert.ExecuteNonQueryAsync(ct);
        return await ReadAsync(connection, ct) ?? throw new InvalidOperationException("The audit key was deleted at this moment.");
    }

    private async Task<byte[]?> ReadAsync(DbConnection connection, CancellationToken ct)
    {
        await using var command = database.Command(connection, Read);
        return await command.ExecuteScalarAsync(ct) as byte[];
    }
}

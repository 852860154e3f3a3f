using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.People;

/// <param name="Stamp">Another one after the password has changed; tells nothing about it.</param>
public sealed record PasswordStamp(string PersonId, byte[] Stamp);

/// <summary>Tells whether a person's password is still the one that it was.</summary>
public sealed class PasswordStampStore(Database database)
{
    private const int StampLength = 16;

    private const string Columns = "SELECT id, password_hash, security_stamp, password_changed_at FROM people";

    /// <summary>Null when there is no such person.</summary>
    public Task<PasswordStamp?> FindAsync(string personId, CancellationToken ct) => ReadAsync($"{Columns} WHERE id = @key", personId, ct);

    /// <param name="name">As the whole issuer compares names.</param>
    /// <param name="ct">A read like any other.</param>
    public Task<PasswordStamp?> FindByNameAsync(string name, CancellationToken ct) => ReadAsync($"{Columns} WHERE normalized_user_name = @key", name, ct);

    private async Task<PasswordStamp?> ReadAsync(string text, string key, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection, text, ("key", key));
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? new PasswordStamp(row.GetString(0), StampOf(row)) : null;
    }

    private static byte[] StampOf(DbDataReader row) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{row.StringOrNull(1)}\n{row.StringOrNull(2)}\n{row.MomentOrNull(3)?.ToUnixTimeMilliseconds()}"))[..StampLength];
}

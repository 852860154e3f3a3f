using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.People;

/// <param name="Stamp">Another one after the password has changed; tells nothing about it.</param>
public sealed record PasswordStamp(string PersonId, byte[] Stamp);

/// <summary>Tells whether a person's password is still the one that it was.</summary>
public sealed class PasswordStampStore(Database database)
{
    private const int StampLength = 16;

    /// <summary>Null when there is no such person.</summary>
    public Task<PasswordStamp?> FindAsync(string personId, CancellationToken ct) => ReadAsync("id = @id", ct, ("id", personId));

    /// <param name="connector">Where the account lives.</param>
    /// <param name="upstreamId">Its immutable id there.</param>
    /// <param name="ct">A read like any other.</param>
    public Task<PasswordStamp?> FindAsync(ConnectorId connector, string upstreamId, CancellationToken ct) =>
        ReadAsync("connector = @connector AND upstream_id = @upstream", ct, ("connector", connector.Value), ("upstream", upstreamId));

    /// <param name="connector">Where the account lives.</param>
    /// <param name="name">As the whole issuer compares names.</param>
    /// <param name="ct">A read like any other.</param>
    public Task<PasswordStamp?> FindByNameAsync(ConnectorId connector, string name, CancellationToken ct) =>
        ReadAsync("connector = @connector AND normalized_user_name = @name", ct, ("connector", connector.Value), ("name", name));

    private async Task<PasswordStamp?> ReadAsync(string condition, CancellationToken ct, params (string Name, object? Value)[] parameters)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection, $"SELECT id, password_hash, security_stamp, password_changed_at FROM people WHERE {condition}", parameters);
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? new PasswordStamp(row.GetString(0), StampOf(row)) : null;
    }

    private static byte[] StampOf(DbDataReader row) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{row.StringOrNull(1)}\n{row.StringOrNull(2)}\n{row.MomentOrNull(3)?.ToUnixTimeMilliseconds()}"))[..StampLength];
}

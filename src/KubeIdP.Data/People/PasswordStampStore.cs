using System.Security.Cryptography;
using System.Text;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.People;

/// <summary>Detects whether a person's password has changed.</summary>
public sealed class PasswordStampStore(Database database)
{
    private const int StampLength = 16;

    /// <summary>Null when there is no such person.</summary>
    public Task<PasswordStamp?> FindAsync(PersonId personId, CancellationToken ct) => ReadAsync("id = @id", ct, ("id", personId));

    /// <param name="connector">The upstream of the account.</param>
    /// <param name="upstreamId">Its immutable id there.</param>
    /// <param name="ct">Cancels the read.</param>
    public Task<PasswordStamp?> FindAsync(ConnectorId connector, string upstreamId, CancellationToken ct) =>
        ReadAsync("connector = @connector AND upstream_id = @upstream", ct, ("connector", connector), ("upstream", upstreamId));

    /// <param name="connector">The upstream of the account.</param>
    /// <param name="name">The name in its normalized form.</param>
    /// <param name="ct">Cancels the read.</param>
    public Task<PasswordStamp?> FindByNameAsync(ConnectorId connector, string name, CancellationToken ct) =>
        ReadAsync("connector = @connector AND normalized_user_name = @name", ct, ("connector", connector), ("name", name));

    private Task<PasswordStamp?> ReadAsync(string condition, CancellationToken ct, params (string Name, object? Value)[] parameters) =>
        database.FindAsync(
        $"SELECT id, password_hash, security_stamp, password_changed_at FROM people WHERE {condition}", Stamp, ct, parameters);

    private static PasswordStamp Stamp(Row row)
    {
        var changedAt = row.MomentOrNull("password_changed_at")?.ToUnixTimeMilliseconds();
        var password = Encoding.UTF8.GetBytes($"{row.TextOrNull("password_hash")}\n{row.TextOrNull("security_stamp")}\n{changedAt}");
        return new PasswordStamp(row.Id<PersonId>("id"), SHA256.HashData(password)[..StampLength]);
    }
}

using System.Text.Json;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.People;

/// <summary>The groups that somebody who may sign in is in, as last known.</summary>
public sealed record Membership(ConnectorId Connector, IReadOnlyList<string> Groups);

/// <summary>Who is in which groups, asked each time: whoever is taken out of a group loses what it gave at the next request.</summary>
public sealed class MembershipStore(Database database)
{
    /// <summary>Null when there is no such person, or they may not sign in.</summary>
    public async Task<Membership?> FindAsync(string personId, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(
            connection, "SELECT connector, groups FROM people WHERE id = @id AND disabled_at IS NULL AND removed_at IS NULL", ("id", personId));
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct)
            ? new Membership(new ConnectorId(row.GetString(0)), JsonSerializer.Deserialize<List<string>>(row.GetString(1), JsonSerializerOptions.Default)!)
            : null;
    }
}

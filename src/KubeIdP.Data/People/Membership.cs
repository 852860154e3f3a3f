using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Sessions;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.People;

/// <summary>The groups that somebody who may sign in is in, as last known.</summary>
public sealed record Membership(ConnectorId Connector, IReadOnlyList<string> Groups);

/// <summary>Somebody who may sign in, as last known.</summary>
/// <param name="Now">When the row was read, by the database's clock.</param>
public sealed record KnownPerson(PersonSnapshot Person, DateTimeOffset Now)
{
    public Membership Membership => new(Person.Connector, Person.Groups);
}

/// <summary>Who is in which groups, asked each time: whoever is taken out of a group loses what it gave at the next request.</summary>
public sealed class MembershipStore(Database database)
{
    /// <summary>Null when there is no such person, or they may not sign in.</summary>
    public async Task<KnownPerson?> FindAsync(string personId, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection, $"""
            SELECT {PersonSnapshots.Columns}, {database.Now} FROM people p WHERE p.id = @id AND p.disabled_at IS NULL AND p.removed_at IS NULL
            """, ("id", personId));
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? new KnownPerson(PersonSnapshots.Read(row, 0), row.Moment(11)) : null;
    }
}

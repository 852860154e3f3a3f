using System.Text.Json;
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
            SELECT connector, upstream_id, user_name, display_name, email, email_confirmed, groups, groups_read_at, password_changed_at, {database.Now}
            FROM people WHERE id = @id AND disabled_at IS NULL AND removed_at IS NULL
            """, ("id", personId));
        await using var row = await command.ExecuteReaderAsync(ct);
        if (!await row.ReadAsync(ct)) return null;

        return new KnownPerson(
            new PersonSnapshot
            {
                Id = personId,
                Connector = new ConnectorId(row.GetString(0)),
                UpstreamId = row.GetString(1),
                Username = row.GetString(2),
                DisplayName = row.StringOrNull(3),
                Email = row.StringOrNull(4),
                EmailVerified = row.GetBoolean(5),
                Groups = JsonSerializer.Deserialize<List<string>>(row.GetString(6), JsonSerializerOptions.Default)!,
                ReadAt = row.Moment(7),
                PasswordChangedAt = row.MomentOrNull(8),
                Disabled = false,
            },
            row.Moment(9));
    }
}

using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Sessions;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.People;

/// <summary>Reads the groups of a person for each request, so that a removed member loses the group's rights at the next request.</summary>
public sealed class MembershipStore(Database database)
{
    /// <summary>Null when there is no such person, or they may not sign in.</summary>
    public Task<KnownPerson?> FindAsync(PersonId personId, CancellationToken ct) => database.FindAsync(
        $"SELECT {PersonSnapshot.Columns}, {database.Now} AS now FROM people p WHERE p.id = @id AND p.disabled_at IS NULL AND "
            + $"p.removed_at IS NULL",
        row => new KnownPerson(PersonSnapshot.Read(row), row.Moment("now")), ct, ("id", personId));
}

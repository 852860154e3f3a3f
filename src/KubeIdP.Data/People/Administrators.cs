using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Fragments;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.People;

/// <summary>Decides who is an administrator: everybody who may sign in and is in one of these groups.</summary>
public sealed class Administrators(Database database, IReadOnlyList<UpstreamGroup> groups)
{
    /// <summary>The group of local accounts whose members are administrators; null if the configuration has none.</summary>
    public string? LocalGroup { get; } = groups.Where(group => group.Connector == ConnectorId.Local).Select(group => group.Name)
        .FirstOrDefault();

    /// <summary>An SQL condition on a row of <c>people</c>; goes with <see cref="Parameters"/>.</summary>
    internal string Condition { get; } = $"({PersonSql.MaySignIn} AND ({string.Join(" OR ", groups.Select((_, i) =>
        $"(connector = @admin_connector{i} AND {database.ListHolds("groups", $"admin_group{i}")})"))}))";

    internal IEnumerable<(string Name, object? Value)> Parameters { get; } =
        [.. groups.SelectMany((group, i) =>
            ((string, object?)[])[($"admin_connector{i}", group.Connector), ($"admin_group{i}", group.Name)])];

    public Task<bool> ExistAsync(CancellationToken ct) =>
        database.ExistsAsync($"SELECT 1 FROM people WHERE {Condition} LIMIT 1", ct, [.. Parameters]);

    /// <summary>Whether these groups of this connector make an administrator.</summary>
    public bool Include(ConnectorId connector, IEnumerable<string> names) =>
        names.Any(name => groups.Contains(new UpstreamGroup(connector, name)));

    /// <summary>
    /// Lets only one transaction at a time change administrators, so that two administrators can't disable each other concurrently.
    /// </summary>
    internal static Task LockAsync(UnitOfWork work, CancellationToken ct) => work.LockAsync(AdvisoryLocks.ChangingAdministrators, ct);

    /// <summary>Whether this person is the last administrator. Call under <see cref="LockAsync"/>.</summary>
    internal Task<bool> IsLastAsync(UnitOfWork work, PersonId personId, CancellationToken ct) => work.ExistsAsync($"""
        SELECT 1 WHERE EXISTS (SELECT 1 FROM people WHERE id = @id AND {Condition}) AND NOT EXISTS (SELECT 1 FROM people
            WHERE id <> @id AND {Condition})
        """, ct, [("id", personId), .. Parameters]);
}

using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.People;

/// <summary>Who is an administrator: everybody who may sign in and is in one of these groups.</summary>
public sealed class Administrators(Database database, IReadOnlyList<UpstreamGroup> groups)
{
    /// <summary>The group of our own accounts that makes an administrator; null when the configuration names none.</summary>
    public string? LocalGroup { get; } = groups.Where(group => group.Connector == ConnectorId.Local).Select(group => group.Name).FirstOrDefault();

    /// <summary>An SQL condition on a row of <c>people</c>; goes with <see cref="Parameters"/>.</summary>
    internal string Condition { get; } = $"(disabled_at IS NULL AND removed_at IS NULL AND ({string.Join(" OR ", groups.Select((_, i) =>
        $"(connector = @admin_connector{i} AND {database.ListHolds("groups", $"admin_group{i}")})"))}))";

    internal IEnumerable<(string Name, object? Value)> Parameters { get; } =
        [.. groups.SelectMany((group, i) => ((string, object?)[])[($"admin_connector{i}", group.Connector.Value), ($"admin_group{i}", group.Name)])];

    public async Task<bool> ExistAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection, $"SELECT 1 FROM people WHERE {Condition} LIMIT 1", [.. Parameters]);
        return await command.ExecuteScalarAsync(ct) is not null;
    }

    /// <summary>Whether these groups of this connector make an administrator.</summary>
    public bool Include(ConnectorId connector, IEnumerable<string> names) => names.Any(name => groups.Contains(new UpstreamGroup(connector, name)));

    /// <summary>
    /// Lets one transaction at a time decide over administrators: of two who bar each other at once, the second sees that the first is barred.
    /// SQLite has one writer anyway.
    /// </summary>
    internal async Task LockAsync(Work work, CancellationToken ct)
    {
        if (database.IsPostgres) await work.ScalarAsync("SELECT pg_advisory_xact_lock(@number)", ct, ("number", AdvisoryLocks.DecidingOverAdministrators));
    }

    /// <summary>Whether without this person nobody could administer any more. Call under <see cref="LockAsync"/>.</summary>
    internal async Task<bool> IsLastAsync(Work work, string personId, CancellationToken ct) =>
        await work.ScalarAsync($"""
            SELECT 1 WHERE EXISTS (SELECT 1 FROM people WHERE id = @id AND {Condition}) AND NOT EXISTS (SELECT 1 FROM people WHERE id <> @id AND {Condition})
            """, ct, [("id", personId), .. Parameters]) is not null;
}

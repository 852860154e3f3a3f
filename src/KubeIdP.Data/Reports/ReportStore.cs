using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using KubeIdP.Core.Factors;
using KubeIdP.Data.Factors;
using KubeIdP.Data.People;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Reports;

/// <summary>Reads what auditors ask for, at the moment at which they ask.</summary>
public sealed class ReportStore(Database database)
{
    public const int PageSize = 50;

    private static readonly string HasPhishingResistantFactor =
        $"EXISTS (SELECT 1 FROM factors f WHERE f.person_id = p.id AND {FactorRows.IsOneOf("f.kind", FactorKind.All.Where(kind => kind.ResistsPhishing))})";

    /// <summary>A page of people, by name.</summary>
    public async Task<ListPage<ReportedPerson>> PeopleAsync(PeopleReportFilter filter, CancellationToken ct)
    {
        var people = new List<ReportedPerson>();
        string? last = null;
        await foreach (var (person, name) in ReadAsync(filter, PageSize + 1, ct))
        {
            if (people.Count == PageSize) return new ListPage<ReportedPerson>(people, last);
            (last, people) = (name, [.. people, person]);
        }

        return new ListPage<ReportedPerson>(people, Next: null);
    }

    /// <summary>All of them, by name, one by one as they are read.</summary>
    public async IAsyncEnumerable<ReportedPerson> AllPeopleAsync(PeopleReportFilter filter, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var (person, _) in ReadAsync(filter, most: null, ct)) yield return person;
    }

    /// <summary>Every client that somebody is signed in at.</summary>
    public async Task<IReadOnlyList<ReportedClient>> ClientsAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection, $"""
            SELECT g.client_id, count(DISTINCT s.id), count(DISTINCT s.person_id), min(s.auth_time), max(g.last_used_at)
            FROM grants g JOIN sessions s ON s.id = g.session_id
            WHERE g.ended_at IS NULL AND g.code_redeemed_at IS NOT NULL AND s.ended_at IS NULL AND s.ends_at > {database.Now}
            GROUP BY g.client_id ORDER BY g.client_id
            """);
        await using var row = await command.ExecuteReaderAsync(ct);
        var clients = new List<ReportedClient>();
        while (await row.ReadAsync(ct))
            clients.Add(new ReportedClient(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.Moment(3), row.Moment(4)));
        return clients;
    }

    private async IAsyncEnumerable<(ReportedPerson Person, string NormalizedName)> ReadAsync(PeopleReportFilter filter, int? most, [EnumeratorCancellation] CancellationToken ct)
    {
        var which = ConditionsOf(filter);
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection, $"""
            SELECT p.id, p.user_name, p.display_name, p.email, p.connector, {PersonStatuses.Sql}, p.groups,
                (SELECT count(*) FROM factors f WHERE f.person_id = p.id), (SELECT count(*) FROM recovery_codes r WHERE r.person_id = p.id),
                {HasPhishingResistantFactor}, p.last_login_at, p.last_login_amr,
                (SELECT count(*) FROM sessions s WHERE s.person_id = p.id AND s.ended_at IS NULL AND s.ends_at > {database.Now}), p.created_at, p.normalized_user_name
            FROM people p WHERE {which.Sql} ORDER BY p.normalized_user_name {(most is { } count ? string.Create(CultureInfo.InvariantCulture, $"LIMIT {count}") : "")}
            """, which.Parameters);
        command.CommandTimeout = most is null ? 0 : command.CommandTimeout;
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct)) yield return (Person(row), row.GetString(14));
    }

    private Conditions ConditionsOf(PeopleReportFilter filter)
    {
        var which = new Conditions();
        which.Add("p.removed_at IS NULL");
        if (filter.Group is { } group) which.Add(PeopleSearch.HoldsGroup(database, "group"), ("group", PeopleSearch.GroupText(group)));
        if (filter.Connector is { } connector) which.Add("p.connector = @connector", ("connector", connector));
        if (filter.DormantFor is { } time)
            which.Add($"p.disabled_at IS NULL AND coalesce(p.last_login_at, p.created_at) < {database.Now} - @dormant", ("dormant", (long)time.TotalMilliseconds));
        if (filter.WithoutPhishingResistantFactor) which.Add($"p.disabled_at IS NULL AND NOT ({HasPhishingResistantFactor})");
        if (filter.After is { } after) which.Add("p.normalized_user_name > @after", ("after", after));
        return which;
    }

    private static ReportedPerson Person(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.StringOrNull(2), row.StringOrNull(3), row.GetString(4), (PersonStatus)row.GetInt32(5), row.Texts(6), row.GetInt32(7), row.GetInt32(8),
        row.GetBoolean(9), row.MomentOrNull(10), row.StringOrNull(11), row.GetInt32(12), row.Moment(13));
}

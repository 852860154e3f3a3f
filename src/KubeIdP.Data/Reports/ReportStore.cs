using KubeIdP.Core.Factors;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Factors;
using KubeIdP.Data.Fragments;
using KubeIdP.Data.People;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Reports;

/// <summary>Reads the data of reports for auditors and monitoring.</summary>
public sealed class ReportStore(Database database)
{
    public const int PageSize = 50;

    private static readonly string HasPhishingResistantFactor =
        $"EXISTS (SELECT 1 FROM factors f WHERE f.person_id = p.id "
            + $"AND {FactorRows.IsOneOf("f.kind", FactorKind.All.Where(kind => kind.ResistsPhishing))})";

    private readonly string people = $"""
        SELECT {ListedPerson.Columns(database)},
            (SELECT count(*) FROM factors f WHERE f.person_id = p.id) AS factors,
            (SELECT count(*) FROM recovery_codes r WHERE r.person_id = p.id) AS recovery_codes,
            {HasPhishingResistantFactor} AS has_phishing_resistant_factor, p.last_login_at, p.last_login_amr, p.created_at
        FROM people p
        """;

    /// <summary>A page of people, by name.</summary>
    public async Task<ListPage<ReportedPerson>> PeopleAsync(PeopleReportFilter filter, CancellationToken ct)
    {
        var which = ConditionsOf(filter);
        var found = await database.ListAsync($"{people} WHERE {which.Sql} ORDER BY p.normalized_user_name LIMIT {PageSize + 1}",
            row => (Person: Person(row), Name: row.Text("normalized_user_name")), ct, which.Parameters);
        var page = ListPage.Of(found, PageSize, last => last.Name);
        return new ListPage<ReportedPerson>([.. page.Rows.Select(row => row.Person)], page.Next);
    }

    /// <summary>All of them, by name, one by one as they are read.</summary>
    public IAsyncEnumerable<ReportedPerson> AllPeopleAsync(PeopleReportFilter filter, CancellationToken ct)
    {
        var which = ConditionsOf(filter);
        return database.StreamAsync($"{people} WHERE {which.Sql} ORDER BY p.normalized_user_name", Person, ct, which.Parameters);
    }

    /// <summary>Every client with a live session.</summary>
    public async Task<IReadOnlyList<ReportedClient>> ClientsAsync(CancellationToken ct) => await database.ListAsync($"""
        SELECT g.client_id, count(DISTINCT s.id) AS sessions, count(DISTINCT s.person_id) AS people, min(s.auth_time) AS oldest_login,
            max(g.last_used_at) AS last_used_at
        FROM grants g JOIN sessions s ON s.id = g.session_id
        WHERE {Live.Grant("g")} AND {Live.Session(database, "s")}
        GROUP BY g.client_id ORDER BY g.client_id
        """, Client, ct);

    /// <summary>Reads the counts for monitoring.</summary>
    public async Task<StateCounts> CountAsync(CancellationToken ct) => (await database.FindAsync($"""
        SELECT (SELECT count(*) FROM sessions WHERE {Live.Session(database)}) AS live_sessions,
            {database.Now} - coalesce((SELECT min(at) FROM audit_events WHERE checkpoint IS NULL), {database.Now}) AS uncovered_for
        """, Counts, ct))!;

    private Conditions ConditionsOf(PeopleReportFilter filter)
    {
        var which = new Conditions();
        which.Add("p.removed_at IS NULL");
        if (filter.Group is { } group) which.Add(PersonSql.HoldsGroup(database, "group"), ("group", PersonSql.GroupText(group)));
        if (filter.Connector is { } connector) which.Add("p.connector = @connector", ("connector", connector));
        if (filter.DormantFor is { } time)
            which.Add($"p.disabled_at IS NULL AND coalesce(p.last_login_at, p.created_at) < {database.Now} - @dormant", ("dormant", time));
        if (filter.WithoutPhishingResistantFactor) which.Add($"p.disabled_at IS NULL AND NOT ({HasPhishingResistantFactor})");
        if (filter.Cursor is { } after) which.Add("p.normalized_user_name > @after", ("after", after));
        return which;
    }

    private static ReportedPerson Person(Row row) => new(ListedPerson.Read(row))
    {
        Factors = row.Int("factors"),
        RecoveryCodes = row.Int("recovery_codes"),
        HasPhishingResistantFactor = row.Flag("has_phishing_resistant_factor"),
        LastLoginAt = row.MomentOrNull("last_login_at"),
        LastLoginAmr = row.TextOrNull("last_login_amr"),
        CreatedAt = row.Moment("created_at"),
    };

    private static ReportedClient Client(Row row) => new(
        row.Id<ClientId>("client_id"), row.Long("sessions"), row.Long("people"), row.MomentOrNull("oldest_login"),
        row.MomentOrNull("last_used_at"));

    // An event may be dated by a clock that is ahead of this one.
    private static StateCounts Counts(Row row) =>
        new(row.Long("live_sessions"), TimeSpan.FromMilliseconds(Math.Max(0, row.Long("uncovered_for"))));
}

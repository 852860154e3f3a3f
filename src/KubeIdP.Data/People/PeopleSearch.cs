using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Naming;
using KubeIdP.Data.Factors;
using KubeIdP.Data.Fragments;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.People;

/// <summary>Searches people for administrators.</summary>
public sealed class PeopleSearch(Database database)
{
    public const int PageSize = 50;

    private readonly string columns = $"""
        p.id, p.user_name, p.normalized_user_name, p.display_name, p.email, p.connector, p.groups, {PersonStatuses.Sql} AS status,
        {PersonSql.LiveSessions(database)} AS live_sessions
        """;

    /// <summary>In the order of their names.</summary>
    public async Task<ListPage<ListedPerson>> FindAsync(PeopleFilter filter, CancellationToken ct)
    {
        var which = ConditionsOf(filter);
        await using var search = await database.BeginSearchAsync(ct);
        var found = await search.Statements.ListAsync(
            $"SELECT {columns} FROM people p WHERE {which.Sql} ORDER BY p.normalized_user_name LIMIT {PageSize + 1}",
            row => (Person: Listed(row), Name: row.Text("normalized_user_name")), ct, which.Parameters);
        var page = ListPage.Of(found, PageSize, last => last.Name);
        return new ListPage<ListedPerson>([.. page.Rows.Select(row => row.Person)], page.Next);
    }

    /// <summary>Null if there is no such person; removed people are found.</summary>
    public async Task<ShownPerson?> ReadAsync(PersonId personId, CancellationToken ct)
    {
        var factors = await database.ListAsync(FactorRows.OfPerson, FactorRows.Own, ct, ("id", personId));
        return await database.FindAsync($"""
            SELECT {columns}, p.groups_read_at, p.created_at, p.disabled_at, p.removed_at,
                   CASE WHEN p.enrolment_code_expires_at > {database.Now} THEN p.enrolment_code_expires_at END AS enrolment_code_expires_at,
                   CASE WHEN p.invitation_expires_at > {database.Now} THEN p.invitation_expires_at END AS invitation_expires_at,
                       p.factor_failures,
                   {database.Now} AS now
            FROM people p WHERE p.id = @id
            """, row => Shown(row, factors), ct, ("id", personId));
    }

    private Conditions ConditionsOf(PeopleFilter filter)
    {
        var which = new Conditions();
        if (filter.Cursor is { } after) which.Add("p.normalized_user_name > @after", ("after", after));
        if (filter.Username is { } name) which.Add("p.normalized_user_name = @name", ("name", UserName.Normalize(name)));
        if (filter.Text is { } text)
            which.Add(PersonSql.HoldsText(database, "text", "exact"), ("text", UserName.Normalize(text)), ("exact", text));
        if (filter.Group is { } group) which.Add(PersonSql.HoldsGroup(database, "group"), ("group", PersonSql.GroupText(group)));
        if (filter.Connector is { } connector) which.Add("p.connector = @connector", ("connector", connector));
        if (filter.Status is { } status) which.Add($"({PersonStatuses.Sql}) = @status", ("status", (int)status));
        else if (filter.Username is null) which.Add("p.removed_at IS NULL");
        return which;
    }

    private static ListedPerson Listed(Row row) => new()
    {
        Id = row.Id<PersonId>("id"),
        Username = row.Text("user_name"),
        DisplayName = row.TextOrNull("display_name"),
        Email = row.TextOrNull("email"),
        Connector = row.Text("connector"),
        Groups = row.Texts("groups"),
        Status = (PersonStatus)row.Int("status"),
        LiveSessions = row.Int("live_sessions"),
    };

    private static ShownPerson Shown(Row row, IReadOnlyList<OwnFactor> factors) => new(Listed(row))
    {
        GroupsReadAt = row.Moment("groups_read_at"),
        CreatedAt = row.Moment("created_at"),
        DisabledAt = row.MomentOrNull("disabled_at"),
        RemovedAt = row.MomentOrNull("removed_at"),
        EnrolmentCodeExpiresAt = row.MomentOrNull("enrolment_code_expires_at"),
        InvitationExpiresAt = row.MomentOrNull("invitation_expires_at"),
        FactorFailures = row.Int("factor_failures"),
        Factors = factors,
        Now = row.Moment("now"),
    };
}

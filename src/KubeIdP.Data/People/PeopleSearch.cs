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

    private readonly string listed = ListedPerson.Columns(database);

    private readonly string shown = ShownPerson.Columns(database);

    /// <summary>In the order of their names.</summary>
    public async Task<ListPage<ListedPerson>> FindAsync(PeopleFilter filter, CancellationToken ct)
    {
        var which = ConditionsOf(filter);
        await using var search = await database.BeginSearchAsync(ct);
        var found = await search.Statements.ListAsync(
            $"SELECT {listed} FROM people p WHERE {which.Sql} ORDER BY p.normalized_user_name LIMIT {PageSize + 1}",
            row => (Person: ListedPerson.Read(row), Name: row.Text("normalized_user_name")), ct, which.Parameters);
        var page = ListPage.Of(found, PageSize, last => last.Name);
        return new ListPage<ListedPerson>([.. page.Rows.Select(row => row.Person)], page.Next);
    }

    /// <summary>Null if there is no such person; removed people are found.</summary>
    public async Task<ShownPerson?> ReadAsync(PersonId personId, CancellationToken ct)
    {
        var factors = await database.ListAsync(FactorRows.OfPerson, FactorRows.Own, ct, ("id", personId));
        return await database.FindAsync($"SELECT {shown} FROM people p WHERE p.id = @id",
            row => ShownPerson.Read(row, factors), ct, ("id", personId));
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
}

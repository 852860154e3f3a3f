using System.Runtime.CompilerServices;
using KubeIdP.Data.Reports;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Clients;

namespace KubeIdP.Server.Reports;

/// <summary>People with their groups, factors and last login.</summary>
internal sealed class PeopleReport(ReportStore store)
{
    /// <summary>All people that match the filter, by name.</summary>
    /// <param name="filter">Without <see cref="PeopleReportFilter.Cursor"/>.</param>
    /// <param name="client">
    /// The client whose group names are used in the filter and in the rows; RBAC bindings use these names. Null: the names in the
    /// directories.
    /// </param>
    public async IAsyncEnumerable<PersonReportRow> ReadAsync(PeopleReportFilter filter, Client? client,
        [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var person in store.AllPeopleAsync(ForDatabase(filter, client), ct))
        {
            if (RowOf(person, filter, client) is { } row) yield return row;
        }
    }

    /// <summary>The same in pages. With a client a page may have fewer rows than its limit, even when more pages follow.</summary>
    public async Task<ListPage<PersonReportRow>> PageAsync(PeopleReportFilter filter, Client? client, CancellationToken ct)
    {
        var page = await store.PeopleAsync(ForDatabase(filter, client), ct);
        return new ListPage<PersonReportRow>([.. page.Rows.Select(person => RowOf(person, filter, client)).OfType<PersonReportRow>()],
            page.Next);
    }

    // The database contains the names in the directories.
    private static PeopleReportFilter ForDatabase(PeopleReportFilter filter, Client? client) =>
        client is null ? filter : filter with { Group = null };

    private static PersonReportRow? RowOf(ReportedPerson person, PeopleReportFilter filter, Client? client)
    {
        var groups = client?.Groups.Of(person.Groups) ?? person.Groups;
        return client is null || filter.Group is null || groups.Contains(filter.Group) ? PersonReportRow.Of(person, groups) : null;
    }
}

using System.Runtime.CompilerServices;
using KubeIdP.Data.Reports;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Clients;

namespace KubeIdP.Server.Reports;

/// <summary>Who is in which groups, signs in with what, and last did when and how.</summary>
internal sealed class PeopleReport(ReportStore store)
{
    /// <summary>All that the filter means, by name.</summary>
    /// <param name="filter">Without <see cref="PeopleReportFilter.Cursor"/>.</param>
    /// <param name="client">Whose tokens name the groups, in the filter and in the rows: an RBAC binding has their names. Null: the directories do.</param>
    public async IAsyncEnumerable<PersonReportRow> ReadAsync(PeopleReportFilter filter, Client? client, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var person in store.AllPeopleAsync(ForDatabase(filter, client), ct))
        {
            if (RowOf(person, filter, client) is { } row) yield return row;
        }
    }

    /// <summary>The same in pages. With a client a page may have fewer rows than there is room for, also when others follow.</summary>
    public async Task<ListPage<PersonReportRow>> PageAsync(PeopleReportFilter filter, Client? client, CancellationToken ct)
    {
        var page = await store.PeopleAsync(ForDatabase(filter, client), ct);
        return new ListPage<PersonReportRow>([.. page.Rows.Select(person => RowOf(person, filter, client)).OfType<PersonReportRow>()], page.Next);
    }

    // The database has the directories' names.
    private static PeopleReportFilter ForDatabase(PeopleReportFilter filter, Client? client) => client is null ? filter : filter with { Group = null };

    private static PersonReportRow? RowOf(ReportedPerson person, PeopleReportFilter filter, Client? client)
    {
        var groups = client?.Groups.Of(person.Groups) ?? person.Groups;
        return client is null || filter.Group is null || groups.Contains(filter.Group) ? PersonReportRow.Of(person, groups) : null;
    }
}

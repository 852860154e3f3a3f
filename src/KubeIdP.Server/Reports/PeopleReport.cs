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
    /// The client whose group names are used in the filter and in the rows, because RBAC bindings use these names; without the people who
    /// may not use it. Null: the names in the directories, and everybody.
    /// </param>
    public async IAsyncEnumerable<ReportedPerson> ReadAsync(PeopleReportFilter filter, Client? client,
        [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var person in store.AllPeopleAsync(ForDatabase(filter, client), ct))
        {
            if (OfClient(person, filter, client) is { } row) yield return row;
        }
    }

    /// <summary>The same in pages. With a client a page may have fewer rows than its limit, even when more pages follow.</summary>
    public async Task<ListPage<ReportedPerson>> PageAsync(PeopleReportFilter filter, Client? client, CancellationToken ct)
    {
        var page = await store.PeopleAsync(ForDatabase(filter, client), ct);
        return new ListPage<ReportedPerson>([.. page.Rows.Select(person => OfClient(person, filter, client)).OfType<ReportedPerson>()],
            page.Next);
    }

    // The database contains the names in the directories.
    private static PeopleReportFilter ForDatabase(PeopleReportFilter filter, Client? client) =>
        client is null ? filter : filter with { Group = null };

    /// <summary>The person with the group names of the client; null when the filter does not match them.</summary>
    private static ReportedPerson? OfClient(ReportedPerson person, PeopleReportFilter filter, Client? client)
    {
        if (client is null) return person;
        if (!client.Access.Allows(person.Connector, person.Groups)) return null;

        var groups = client.Groups.Of(person.Groups);
        return filter.Group is null || groups.Contains(filter.Group) ? person with { Groups = groups } : null;
    }
}

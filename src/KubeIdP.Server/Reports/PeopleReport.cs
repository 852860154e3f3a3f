using System.Runtime.CompilerServices;
using KubeIdP.Data.Reports;
using KubeIdP.Server.Issuer;

namespace KubeIdP.Server.Reports;

/// <summary>Who is in which groups, signs in with what, and last did when and how.</summary>
internal sealed class PeopleReport(ReportStore store)
{
    /// <summary>All that the filter means, by name.</summary>
    /// <param name="filter">Without <see cref="PeopleReportFilter.After"/>.</param>
    /// <param name="client">Whose tokens name the groups, in the filter and in the rows: an RBAC binding has their names. Null: the directories do.</param>
    public async IAsyncEnumerable<PersonReportRow> ReadAsync(PeopleReportFilter filter, Client? client, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var person in store.AllPeopleAsync(client is null ? filter : filter with { Group = null }, ct))
        {
            var groups = client?.Groups.Of(person.Groups) ?? person.Groups;
            if (client is null || filter.Group is null || groups.Contains(filter.Group)) yield return PersonReportRow.Of(person, groups);
        }
    }
}

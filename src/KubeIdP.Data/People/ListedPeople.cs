using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Fragments;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.People;

/// <summary>Reads a <see cref="ListedPerson"/> from a row p of <c>people</c>.</summary>
internal static class ListedPeople
{
    public static string Columns(Database database) => $"""
        p.id, p.user_name, p.normalized_user_name, p.display_name, p.email, p.connector, p.groups, {PersonStatuses.Sql} AS status,
        {PersonSql.LiveSessions(database)} AS live_sessions
        """;

    public static ListedPerson Read(Row row) => new()
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
}

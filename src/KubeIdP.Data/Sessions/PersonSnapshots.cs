using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Sessions;

/// <summary>Reads a <see cref="PersonSnapshot"/> from a row p of <c>people</c>.</summary>
internal static class PersonSnapshots
{
    public const string Columns = """
        p.id AS person_id, p.connector, p.upstream_id, p.user_name, p.display_name, p.email, p.email_confirmed, p.groups, p.groups_read_at,
        p.password_changed_at, p.disabled_at
        """;

    public static PersonSnapshot Read(Row row) => new()
    {
        Id = row.Id<PersonId>("person_id"),
        Connector = new ConnectorId(row.Text("connector")),
        UpstreamId = row.Text("upstream_id"),
        Username = row.Text("user_name"),
        DisplayName = row.TextOrNull("display_name"),
        Email = row.TextOrNull("email"),
        EmailVerified = row.Flag("email_confirmed"),
        Groups = row.Texts("groups"),
        ReadAt = row.Moment("groups_read_at"),
        PasswordChangedAt = row.MomentOrNull("password_changed_at"),
        Disabled = !row.IsNull("disabled_at"),
    };
}

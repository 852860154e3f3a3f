using System.Data.Common;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Sessions;

/// <summary>Reads a <see cref="PersonSnapshot"/> from a row p of <c>people</c>.</summary>
internal static class PersonSnapshots
{
    public const string Columns =
        "p.id, p.connector, p.upstream_id, p.user_name, p.display_name, p.email, p.email_confirmed, p.groups, p.groups_read_at, p.password_changed_at, p.disabled_at";

    /// <param name="first">Where <see cref="Columns"/> begin in the row.</param>
    public static PersonSnapshot Read(DbDataReader row, int first) => new()
    {
        Id = row.GetString(first),
        Connector = new ConnectorId(row.GetString(first + 1)),
        UpstreamId = row.GetString(first + 2),
        Username = row.GetString(first + 3),
        DisplayName = row.StringOrNull(first + 4),
        Email = row.StringOrNull(first + 5),
        EmailVerified = row.GetBoolean(first + 6),
        Groups = row.Texts(first + 7),
        ReadAt = row.Moment(first + 8),
        PasswordChangedAt = row.MomentOrNull(first + 9),
        Disabled = !row.IsDBNull(first + 10),
    };
}

using System.Data.Common;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Audit;

/// <summary>A row a of <c>audit_events</c> as a fact.</summary>
internal static class AuditRows
{
    public const string Columns =
        "a.id, a.at, a.type, a.actor, a.person_id, a.session_id, a.grant_id, a.client_id, a.address, a.detail, a.reason, a.reference";

    public static AuditEvent Read(DbDataReader row) => new()
    {
        Id = row.GetInt64(0),
        At = row.Moment(1),
        Type = row.GetString(2),
        Actor = row.StringOrNull(3),
        PersonId = row.StringOrNull(4),
        SessionId = row.StringOrNull(5),
        GrantId = row.StringOrNull(6),
        ClientId = row.StringOrNull(7),
        Address = row.StringOrNull(8),
        Detail = row.StringOrNull(9),
        Reason = row.StringOrNull(10),
        Reference = row.StringOrNull(11),
    };
}

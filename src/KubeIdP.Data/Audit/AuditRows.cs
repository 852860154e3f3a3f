using System.Data.Common;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Audit;

/// <summary>A row a of <c>audit_events</c> as a fact; a row of <c>audit_seals</c>.</summary>
internal static class AuditRows
{
    public const string Columns =
        "a.id, a.at, a.type, a.actor, a.person_id, a.session_id, a.grant_id, a.client_id, a.address, a.detail, a.reason, a.reference, a.salt, a.digest, a.code, a.seal";

    /// <param name="row">Holds <see cref="Columns"/>.</param>
    /// <param name="first">Where they begin.</param>
    public static AuditEvent Read(DbDataReader row, int first = 0) => new()
    {
        Id = row.GetInt64(first),
        At = row.Moment(first + 1),
        Type = row.GetString(first + 2),
        Actor = row.StringOrNull(first + 3),
        PersonId = row.StringOrNull(first + 4),
        SessionId = row.StringOrNull(first + 5),
        GrantId = row.StringOrNull(first + 6),
        ClientId = row.StringOrNull(first + 7),
        Address = row.StringOrNull(first + 8),
        Detail = row.StringOrNull(first + 9),
        Reason = row.StringOrNull(first + 10),
        Reference = row.StringOrNull(first + 11),
        Salt = row.BytesOrNull(first + 12),
        Digest = row.BytesOrNull(first + 13),
        Code = row.GetFieldValue<byte[]>(first + 14),
        Seal = row.IsDBNull(first + 15) ? null : row.GetInt64(first + 15),
    };

    /// <summary>From <c>number, at, facts, code</c>, the first columns.</summary>
    public static AuditCheckpoint ReadSeal(DbDataReader row) =>
        new() { Number = row.GetInt64(0), At = row.Moment(1), Facts = row.GetInt32(2), Code = row.GetFieldValue<byte[]>(3) };
}

using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Audit;

/// <summary>Reads rows of <c>audit_events</c> and <c>audit_checkpoints</c>.</summary>
internal static class AuditRows
{
    /// <summary>Of a row a of <c>audit_events</c>, for <see cref="Event"/>.</summary>
    public const string Columns =
        "a.id, a.at, a.type, a.actor, a.person_id, a.session_id, a.grant_id, a.client_id, a.address, a.detail, a.reason, a.reference, "
            + "a.salt, a.digest, a.code, a.checkpoint";

    /// <summary>Of a row c of <c>audit_checkpoints</c>, for <see cref="Checkpoint"/>.</summary>
    public const string CheckpointColumns = "c.number, c.at AS checkpoint_at, c.events, c.code AS checkpoint_code";

    public static AuditEvent Event(Row row) => new()
    {
        Id = row.Long("id"),
        At = row.Moment("at"),
        Type = row.Text("type"),
        Actor = row.TextOrNull("actor"),
        PersonId = row.TextOrNull("person_id"),
        SessionId = row.TextOrNull("session_id"),
        GrantId = row.TextOrNull("grant_id"),
        ClientId = row.TextOrNull("client_id"),
        Address = row.TextOrNull("address"),
        Detail = row.TextOrNull("detail"),
        Reason = row.TextOrNull("reason"),
        Reference = row.TextOrNull("reference"),
        Salt = row.BytesOrNull("salt"),
        Digest = row.BytesOrNull("digest"),
        Code = row.Bytes("code"),
        Checkpoint = row.LongOrNull("checkpoint"),
    };

    public static AuditCheckpoint Checkpoint(Row row) =>
        new() { Number = row.Long("number"), At = row.Moment("checkpoint_at"), Events = row.Int("events"),
            Code = row.Bytes("checkpoint_code") };
}

using KubeIdP.Data.Audit;

namespace KubeIdP.Server.Audit;

/// <summary>An audit event as one line of JSON. Unknown values are omitted.</summary>
/// <param name="Log">Distinguishes these lines from others on standard output.</param>
/// <param name="Salt">Proves the audit event together with the code; see <c>audit verify</c>.</param>
internal sealed record AuditLine(
    string Log, long Id, DateTimeOffset At, string Type, string? Actor, string? Person, string? Session, string? Grant, string? Client,
    string? Address, string? Detail,
    string? Reason, string? Reference, long? Checkpoint, byte[]? Salt, byte[]? Digest, byte[] Code)
{
    public const string Name = "kubeidp.audit";

    public static string Of(AuditEvent auditEvent) => AuditLines.Write(
        new AuditLine(
            Name, auditEvent.Id, auditEvent.At, auditEvent.Type, auditEvent.Actor, auditEvent.PersonId, auditEvent.SessionId,
            auditEvent.GrantId, auditEvent.ClientId, auditEvent.Address, auditEvent.Detail, auditEvent.Reason, auditEvent.Reference,
            auditEvent.Checkpoint, auditEvent.Salt, auditEvent.Digest, auditEvent.Code));

    public AuditEvent ToEvent() => new()
    {
        Id = Id, At = At, Type = Type, Actor = Actor, PersonId = Person, SessionId = Session, GrantId = Grant, ClientId = Client,
            Address = Address, Detail = Detail,
        Reason = Reason, Reference = Reference, Checkpoint = Checkpoint, Salt = Salt, Digest = Digest, Code = Code,
    };
}

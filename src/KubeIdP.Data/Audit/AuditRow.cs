using System.Text.Json.Serialization;

namespace KubeIdP.Data.Audit;

/// <summary>A new event with its proof, as it is inserted.</summary>
internal sealed record AuditRow : NewAuditEvent
{
    public AuditRow(NewAuditEvent auditEvent, AuditKey key)
        : base(auditEvent)
    {
        SaltBytes = AuditKey.NewSalt();
        CodeBytes = key.CodeOf(auditEvent, AuditKey.DigestOf(SaltBytes, auditEvent.Address, auditEvent.Detail, auditEvent.Reason));
    }

    [JsonIgnore]
    public byte[] SaltBytes { get; }

    [JsonIgnore]
    public byte[] CodeBytes { get; }

    /// <summary>In hexadecimal, which both databases can read from JSON.</summary>
    public string Salt => Convert.ToHexString(SaltBytes);

    public string Code => Convert.ToHexString(CodeBytes);
}

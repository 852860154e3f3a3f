namespace KubeIdP.Data.People;

/// <summary>An audit event without its proof.</summary>
public sealed record RecordedAuditEvent(
    long Id, DateTimeOffset At, string Type, string? Actor, string? Person, string? Session, string? Client, string? Address,
    string? Detail, string? Reason,
    string? Reference);

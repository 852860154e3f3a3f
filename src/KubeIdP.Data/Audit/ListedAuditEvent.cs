namespace KubeIdP.Data.Audit;

/// <summary>An audit event as it is shown.</summary>
/// <param name="ActorName">The user name of an actor who is a person.</param>
/// <param name="PersonName">The user name of the affected person.</param>
public sealed record ListedAuditEvent(
    long Id, DateTimeOffset At, string Type, string? Actor, string? ActorName, string? PersonId, string? PersonName, string? SessionId,
    string? GrantId,
    string? ClientId, string? Address, string? Detail, string? Reason, string? Reference);

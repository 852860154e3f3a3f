namespace KubeIdP.Cli.Api;

/// <summary>An audit event.</summary>
/// <remarks>The commands print the same.</remarks>
/// <param name="ActorName">The user name of an actor who is a person.</param>
/// <param name="PersonName">The user name of the affected person.</param>
/// <param name="Reference">The reference that the page showed to the person.</param>
internal sealed record ApiAuditEvent(
    long Id, DateTimeOffset At, string Type, string? Actor, string? ActorName, string? PersonId, string? PersonName, string? SessionId,
    string? GrantId, string? ClientId, string? Address, string? Detail, string? Reason, string? Reference);

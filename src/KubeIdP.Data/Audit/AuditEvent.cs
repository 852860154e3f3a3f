namespace KubeIdP.Data.Audit;

/// <summary>Who did what to whom, from where, with what outcome. Only ever appended.</summary>
public sealed class AuditEvent
{
    public long Id { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>One of <see cref="AuditEventType"/>.</summary>
    public required string Type { get; init; }

    /// <summary>Who acted: a subject, or "cli".</summary>
    public string? Actor { get; init; }

    /// <summary>To whom it was done.</summary>
    public string? PersonId { get; init; }

    public string? SessionId { get; init; }

    public string? GrantId { get; init; }

    public string? ClientId { get; init; }

    public string? Address { get; init; }

    public string? Detail { get; init; }

    /// <summary>Why an administrator did it, in their own words.</summary>
    public string? Reason { get; init; }

    /// <summary>The reference that the person saw on the page or in the terminal.</summary>
    public string? Reference { get; init; }

    /// <summary>Whether it has been written out for whoever collects audits; nothing else about a fact ever changes.</summary>
    public bool Exported { get; init; }
}

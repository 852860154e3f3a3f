namespace KubeIdP.Data.Audit;

/// <summary>
/// Who did what to whom, from where, with what outcome. It is appended and then covered by a checkpoint. Nothing else in it changes, except
/// that personal data can be erased.
/// </summary>
public sealed class AuditEvent
{
    public long Id { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>One of <see cref="AuditEventType"/>.</summary>
    public required string Type { get; init; }

    /// <summary>Who acted: a subject, or "cli".</summary>
    public string? Actor { get; init; }

    /// <summary>Who was affected.</summary>
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

    /// <summary>
    /// The salt of <see cref="Digest"/>; null when <see cref="Address"/>, <see cref="Detail"/> and <see cref="Reason"/> have been erased.
    /// </summary>
    public byte[]? Salt { get; init; }

    /// <summary>The digest of the erased data; null while the data is still stored.</summary>
    public byte[]? Digest { get; init; }

    /// <summary>Shows that this issuer wrote it (<see cref="AuditKey"/>).</summary>
    public required byte[] Code { get; init; }

    /// <summary>The number of the checkpoint that covers it; null until there is one.</summary>
    public long? Checkpoint { get; init; }

    /// <summary>The event before the database gave it a number and a time.</summary>
    internal NewAuditEvent AsNewEvent() => new(Type)
    {
        Actor = Actor, PersonId = PersonId, SessionId = SessionId, GrantId = GrantId, ClientId = ClientId,
        Address = Address, Detail = Detail, Reason = Reason, Reference = Reference,
    };
}

using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.Audit;

/// <summary>Who acts, and from where, as the audit records it.</summary>
/// <param name="Name">A subject, or one of the names here.</param>
/// <param name="Address">Null where there is no network between.</param>
/// <param name="Reference">What the person saw on the page.</param>
public sealed record Actor(string Name, string? Address = null, string? Reference = null)
{
    /// <summary>Whoever may run the binary on the database.</summary>
    public static Actor CommandLine { get; } = new("cli");

    /// <summary>This server itself, acting on what a directory says or on its own rules.</summary>
    public static Actor Issuer { get; } = new("issuer");

    /// <summary>Why, in the actor's own words.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether the people whose sessions end by it are told the reason, on the page where they sign in again.</summary>
    public bool TellsReason { get; init; }

    /// <summary>The reason as those people read it; null: none.</summary>
    public string? ReasonForPerson => TellsReason ? Reason : null;

    /// <summary>An audit event about what this actor did.</summary>
    /// <param name="type">One of <see cref="AuditEventType"/>.</param>
    /// <param name="personId">To whom; null: to nobody, or to whom is filled in later.</param>
    /// <param name="detail">What is not in the type.</param>
    public NewAuditEvent Did(string type, PersonId? personId, string? detail = null) => new(type)
    {
        Actor = Name, PersonId = personId?.Value, Address = Address, Reference = Reference, Detail = detail, Reason = Reason, ReasonForPerson = ReasonForPerson,
    };
}

using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.Audit;

/// <summary>Who acts, and from where, as the audit log records it.</summary>
/// <param name="Name">A subject, or one of the names here.</param>
/// <param name="Address">Null where the action did not come over the network.</param>
/// <param name="Reference">The reference that the person saw on the page.</param>
public sealed record Actor(string Name, string? Address = null, string? Reference = null)
{
    /// <summary>An administrator who runs a command on the database.</summary>
    public static Actor CommandLine { get; } = new("cli");

    /// <summary>This server itself, acting on what a directory says or on its own rules.</summary>
    public static Actor Issuer { get; } = new("issuer");

    /// <summary>The reason that the actor gave.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether the login page shows the reason to the people whose sessions are ended.</summary>
    public bool ShowsReason { get; init; }

    /// <summary>The reason as those people see it; null: none is shown.</summary>
    public string? ReasonForPerson => ShowsReason ? Reason : null;

    /// <summary>An audit event about what this actor did.</summary>
    /// <param name="type">One of <see cref="AuditEventType"/>.</param>
    /// <param name="personId">Who is affected; null: nobody, or it is filled in later.</param>
    /// <param name="detail">What the type does not already say.</param>
    public NewAuditEvent Did(string type, PersonId? personId, string? detail = null) => new(type)
    {
        Actor = Name, PersonId = personId?.Value, Address = Address, Reference = Reference, Detail = detail, Reason = Reason,
            ReasonForPerson = ReasonForPerson,
    };
}

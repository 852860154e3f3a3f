using KubeIdP.Core.Naming;

namespace KubeIdP.Data.Audit;

/// <summary>An <see cref="AuditEvent"/> about to be appended; the database dates it.</summary>
public record NewAuditEvent(string Type)
{
    public string? Actor { get; init => field = Shown(value); }

    public string? PersonId { get; init => field = Shown(value); }

    public string? SessionId { get; init => field = Shown(value); }

    public string? GrantId { get; init => field = Shown(value); }

    public string? ClientId { get; init => field = Shown(value); }

    public string? Address { get; init => field = Shown(value); }

    public string? Detail { get; init => field = Shown(value); }

    public string? Reason { get; init => field = Shown(value); }

    /// <summary>The reason as the affected person may see it. It is stored with the session or person, not in the audit log.</summary>
    public string? ReasonForPerson { get; init => field = Shown(value); }

    public string? Reference { get; init => field = Shown(value); }

    // The last check, for texts that were not checked before, such as a message of a directory: invisible characters must not change what
    // an auditor reads.
    private static string? Shown(string? text) => text is null ? null : OutsideText.Show(text);
}

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

    /// <summary>What the person whom it is done to may read of the reason; stored where they read it, and not in the audit.</summary>
    public string? ReasonForPerson { get; init => field = Shown(value); }

    public string? Reference { get; init => field = Shown(value); }

    // The last of the checks, for what comes on a way of its own, such as a remark of a directory: what an auditor reads is what is there.
    private static string? Shown(string? text) => text is null ? null : OutsideText.Show(text);
}

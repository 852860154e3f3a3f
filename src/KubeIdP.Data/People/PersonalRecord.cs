using System.Diagnostics.CodeAnalysis;
using KubeIdP.Data.Sessions;

namespace KubeIdP.Data.People;

/// <summary>All personal data of a person (GDPR Art. 15), except secrets and their hashes.</summary>
public sealed record PersonalRecord : ShownPerson
{
    [SetsRequiredMembers]
    internal PersonalRecord(ShownPerson person)
        : base(person)
    {
    }

    public string UpstreamId { get; init; } = "";

    public DateTimeOffset? PasswordChangedAt { get; init; }

    public DateTimeOffset? LastLoginAt { get; init; }

    public string? LastLoginAmr { get; init; }

    public DateTimeOffset? ErasedAt { get; init; }

    /// <summary>Former names that are reserved for them.</summary>
    public IReadOnlyList<FormerName> FormerNames { get; init; } = [];

    public int RecoveryCodes { get; init; }

    public IReadOnlyList<ShownSession> Sessions { get; init; } = [];

    /// <summary>Audit events by them and about them, the oldest first.</summary>
    public IReadOnlyList<RecordedAuditEvent> Audit { get; init; } = [];
}

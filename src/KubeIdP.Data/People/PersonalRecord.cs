using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Factors;
using KubeIdP.Data.Sessions;

namespace KubeIdP.Data.People;

/// <summary>All personal data of a person (GDPR Art. 15), except secrets and their hashes.</summary>
public sealed record PersonalRecord(
    PersonId Subject, string Username, string? DisplayName, string? Email, string Connector, string UpstreamId,
    IReadOnlyList<string> Groups,
    DateTimeOffset GroupsReadAt, DateTimeOffset? PasswordChangedAt, DateTimeOffset CreatedAt, DateTimeOffset? LastLoginAt,
    string? LastLoginAmr,
    DateTimeOffset? DisabledAt, DateTimeOffset? RemovedAt, DateTimeOffset? ErasedAt)
{
    /// <summary>Former names that are reserved for them.</summary>
    public IReadOnlyList<FormerName> FormerNames { get; init; } = [];

    public IReadOnlyList<OwnFactor> Authenticators { get; init; } = [];

    public int RecoveryCodes { get; init; }

    public IReadOnlyList<ShownSession> Sessions { get; init; } = [];

    /// <summary>Audit events by them and about them, the oldest first.</summary>
    public IReadOnlyList<RecordedAuditEvent> Audit { get; init; } = [];
}

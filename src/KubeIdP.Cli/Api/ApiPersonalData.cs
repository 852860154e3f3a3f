namespace KubeIdP.Cli.Api;

/// <summary>All data stored about a person (GDPR Art. 15), except secrets and their hashes.</summary>
/// <remarks>The commands print the same.</remarks>
internal sealed record ApiPersonalData : ApiPersonDetails
{
    /// <summary>The id of the account at the upstream.</summary>
    public required string UpstreamId { get; init; }

    public required DateTimeOffset? PasswordChangedAt { get; init; }

    public required DateTimeOffset? LastLoginAt { get; init; }

    /// <summary>The methods of the last login (RFC 8176).</summary>
    public required string? LastLoginAmr { get; init; }

    public required DateTimeOffset? ErasedAt { get; init; }

    /// <summary>Earlier user names that are reserved.</summary>
    public required IReadOnlyList<ApiFormerName> FormerNames { get; init; }

    public required int RecoveryCodes { get; init; }

    public required IReadOnlyList<ApiSessionDetails> Sessions { get; init; }

    /// <summary>The audit events of and about the person, the oldest first.</summary>
    public required IReadOnlyList<ApiRecordedAuditEvent> Audit { get; init; }
}

/// <summary>An earlier user name, which the directory has changed. It is reserved until the given time.</summary>
internal sealed record ApiFormerName(string Username, DateTimeOffset ReservedUntil);

/// <summary>An audit event in an export; without the user names of others.</summary>
internal sealed record ApiRecordedAuditEvent(
    long Id, DateTimeOffset At, string Type, string? Actor, string? PersonId, string? SessionId, string? ClientId, string? Address,
    string? Detail, string? Reason, string? Reference);

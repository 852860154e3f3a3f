using KubeIdP.Data.People;

namespace KubeIdP.Server.Api;

/// <summary>All data stored about a person (GDPR Art. 15), except secrets and their hashes.</summary>
/// <remarks>The commands print the same.</remarks>
/// <param name="UpstreamId">The id of the account at the upstream.</param>
/// <param name="FormerNames">Earlier user names that are reserved.</param>
/// <param name="Audit">The audit events of and about the person, the oldest first.</param>
internal sealed record ApiPersonalData(
    string Id, string Username, string? DisplayName, string? Email, string Connector, string UpstreamId, IReadOnlyList<string> Groups,
    DateTimeOffset GroupsReadAt, DateTimeOffset? PasswordChangedAt, DateTimeOffset CreatedAt, DateTimeOffset? LastLoginAt,
    string? LastLoginAmr, DateTimeOffset? DisabledAt, DateTimeOffset? RemovedAt, DateTimeOffset? ErasedAt,
    IReadOnlyList<ApiFormerName> FormerNames, IReadOnlyList<ApiFactor> Authenticators, int RecoveryCodes,
    IReadOnlyList<ApiSessionDetails> Sessions, IReadOnlyList<ApiRecordedAuditEvent> Audit)
{
    public static ApiPersonalData Of(PersonalRecord record) => new(
        record.Subject, record.Username, record.DisplayName, record.Email, record.Connector, record.UpstreamId, record.Groups,
        record.GroupsReadAt, record.PasswordChangedAt, record.CreatedAt, record.LastLoginAt, record.LastLoginAmr, record.DisabledAt,
        record.RemovedAt, record.ErasedAt,
        [.. record.FormerNames.Select(ApiFormerName.Of)], [.. record.Authenticators.Select(ApiFactor.Of)], record.RecoveryCodes,
        [.. record.Sessions.Select(ApiSessionDetails.Of)], [.. record.Audit.Select(ApiRecordedAuditEvent.Of)]);
}

/// <summary>An earlier user name, which the directory has changed. It is reserved until the given time.</summary>
internal sealed record ApiFormerName(string Username, DateTimeOffset ReservedUntil)
{
    public static ApiFormerName Of(FormerName name) => new(name.NormalizedUserName, name.ReservedUntil);
}

/// <summary>A session with its grants.</summary>
internal sealed record ApiRecordedAuditEvent(
    long Id, DateTimeOffset At, string Type, string? Actor, string? PersonId, string? SessionId, string? ClientId, string? Address,
    string? Detail, string? Reason, string? Reference)
{
    public static ApiRecordedAuditEvent Of(RecordedAuditEvent one) => new(
        one.Id, one.At, one.Type, one.Actor, one.Person, one.Session, one.Client, one.Address, one.Detail, one.Reason, one.Reference);
}

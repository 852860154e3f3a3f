using KubeIdP.Cli.Api;
using KubeIdP.Data.Factors;
using KubeIdP.Data.People;
using KubeIdP.Data.Reports;
using KubeIdP.Server.Administration;

namespace KubeIdP.Server.Api;

/// <summary>Rows of the database as the API's records of people.</summary>
internal static class PersonRecords
{
    public static ApiPerson Of(ListedPerson person) => new()
    {
        Id = person.Id, Username = person.Username, DisplayName = person.DisplayName, Email = person.Email,
        Upstream = person.Connector.Value, Groups = person.Groups, Status = person.Status, LiveSessions = person.LiveSessions,
    };

    public static ApiPersonDetails DetailsOf(ShownPerson person) => new()
    {
        Id = person.Id, Username = person.Username, DisplayName = person.DisplayName, Email = person.Email,
        Upstream = person.Connector.Value, Groups = person.Groups, Status = person.Status, LiveSessions = person.LiveSessions,
        GroupsReadAt = person.GroupsReadAt, CreatedAt = person.CreatedAt, DisabledAt = person.DisabledAt, RemovedAt = person.RemovedAt,
        EnrolmentCodeExpiresAt = person.EnrolmentCodeExpiresAt, InvitationExpiresAt = person.InvitationExpiresAt,
        FactorFailures = person.FactorFailures, Factors = [.. person.Factors.Select(Of)],
    };

    public static ApiReportedPerson ReportedOf(ReportedPerson person) => new()
    {
        Id = person.Id, Username = person.Username, DisplayName = person.DisplayName, Email = person.Email,
        Upstream = person.Connector.Value, Groups = person.Groups, Status = person.Status, LiveSessions = person.LiveSessions,
        Factors = person.Factors, RecoveryCodes = person.RecoveryCodes, PhishingResistant = person.HasPhishingResistantFactor,
        LastLoginAt = person.LastLoginAt, LastLoginAmr = person.LastLoginAmr, CreatedAt = person.CreatedAt,
    };

    /// <summary>All that is stored about the person.</summary>
    public static ApiPersonalData AllOf(PersonalRecord person) => new()
    {
        Id = person.Id, Username = person.Username, DisplayName = person.DisplayName, Email = person.Email,
        Upstream = person.Connector.Value, Groups = person.Groups, Status = person.Status, LiveSessions = person.LiveSessions,
        GroupsReadAt = person.GroupsReadAt, CreatedAt = person.CreatedAt, DisabledAt = person.DisabledAt, RemovedAt = person.RemovedAt,
        EnrolmentCodeExpiresAt = person.EnrolmentCodeExpiresAt, InvitationExpiresAt = person.InvitationExpiresAt,
        FactorFailures = person.FactorFailures, Factors = [.. person.Factors.Select(Of)],
        UpstreamId = person.UpstreamId, PasswordChangedAt = person.PasswordChangedAt, LastLoginAt = person.LastLoginAt,
        LastLoginAmr = person.LastLoginAmr, ErasedAt = person.ErasedAt,
        FormerNames = [.. person.FormerNames.Select(name => new ApiFormerName(name.NormalizedUserName, name.ReservedUntil))],
        RecoveryCodes = person.RecoveryCodes, Sessions = [.. person.Sessions.Select(SessionRecords.DetailsOf)],
        Audit = [.. person.Audit.Select(AuditRecords.RecordedOf)],
    };

    public static AddedPerson Of(PersonAdded.Done made) => new(
        made.PersonId,
        made.Kind is IssuedSecretKind.InvitationLink ? made.Secret : null,
        made.Kind is IssuedSecretKind.EnrolmentCode ? made.Secret : null,
        made.ExpiresAt);

    private static ApiFactor Of(OwnFactor factor) => new(factor.Id, factor.Kind, factor.Name, factor.CreatedAt);
}

using KubeIdP.Server.Accounts;
using KubeIdP.Server.Administration;

namespace KubeIdP.Server.Api;

/// <summary>An added account with the secret that the person needs to begin: an invitation link or an enrolment code.</summary>
/// <param name="ExpiresAt">When the secret expires.</param>
internal sealed record AddedPerson(string Id, string? InvitationLink, string? EnrolmentCode, DateTimeOffset ExpiresAt)
{
    public static AddedPerson Of(PersonAdded.Done made) => new(
        made.PersonId,
        made.Kind is IssuedSecretKind.InvitationLink ? made.Secret : null,
        made.Kind is IssuedSecretKind.EnrolmentCode ? made.Secret : null,
        made.ExpiresAt);
}

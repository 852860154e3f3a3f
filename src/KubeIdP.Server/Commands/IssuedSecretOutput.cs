using KubeIdP.Server.Administration;

namespace KubeIdP.Server.Commands;

/// <summary>A link or a code for one person, as the commands print it.</summary>
internal static class IssuedSecretOutput
{
    /// <param name="id">The subject.</param>
    /// <param name="lead">Sentences that say what was done, printed before the secret.</param>
    public static (object Json, string Text) Of(
        IssuedSecretKind kind, string id, string username, string secret, DateTimeOffset expiresAt, string lead) => kind switch
    {
        IssuedSecretKind.InvitationLink => (
            new { id, username, invitationLink = secret, invitationExpiresAt = expiresAt },
            $"""
            {lead}
            Invitation link: {secret}
            Give it only to this person: who opens it chooses the password and the second factor.
            It works once, until {TextTable.Timestamp(expiresAt)}.
            """),
        IssuedSecretKind.EnrolmentCode => (
            new { id, username, enrolmentCode = secret, enrolmentCodeExpiresAt = expiresAt },
            $"""
            {lead}
            Enrolment code: {secret}
            Hand it over in person or by a separate channel: the person needs it, together with the password, to set up the second factor.
            It works once, until {TextTable.Timestamp(expiresAt)}.
            """),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}

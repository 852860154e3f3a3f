using KubeIdP.Server.Administration;

namespace KubeIdP.Server.Commands;

/// <summary>A link or a code for one person, as the commands print it.</summary>
internal static class IssuedSecretOutput
{
    /// <param name="id">The subject.</param>
    /// <param name="lead">What was done, as sentences before it.</param>
    public static (object Json, string Text) Of(
        IssuedSecretKind kind, string id, string username, string secret, DateTimeOffset expiresAt, string lead) => kind switch
    {
        IssuedSecretKind.InvitationLink => (
            new { id, username, invitationLink = secret, invitationExpiresAt = expiresAt },
            $"""
            {lead}
            Invitation link: {secret}
            Hand it to nobody else: whoever opens it chooses password and second factor. It works once, until {TextTable.Moment(expiresAt)}.
            """),
        IssuedSecretKind.EnrolmentCode => (
            new { id, username, enrolmentCode = secret, enrolmentCodeExpiresAt = expiresAt },
            $"""
            {lead}
            Enrolment code: {secret}
            Hand it over in person or by a channel of its own: with it and the password the second factor is set up.
            It works once, until {TextTable.Moment(expiresAt)}.
            """),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}

using System.Text.Json.Nodes;
using KubeIdP.Cli.Api;
using KubeIdP.Cli.Terminal;

namespace KubeIdP.Cli.Administration;

/// <summary>A link or a code for one person, as the commands print it.</summary>
internal static class IssuedSecretOutput
{
    /// <param name="kind">What it is.</param>
    /// <param name="id">The subject.</param>
    /// <param name="username">Of the person.</param>
    /// <param name="secret">The link or the code.</param>
    /// <param name="expiresAt">When it expires.</param>
    /// <param name="lead">Sentences that say what was done, printed before the secret.</param>
    public static (JsonObject Json, string Text) Of(
        IssuedSecretKind kind, string id, string username, string secret, DateTimeOffset expiresAt, string lead) => kind switch
    {
        IssuedSecretKind.InvitationLink => (
            new() { ["id"] = id, ["username"] = username, ["invitationLink"] = secret, ["invitationExpiresAt"] = expiresAt },
            $"""
            {lead}
            Invitation link: {secret}
            Give it only to this person: who opens it chooses the password and the second factor.
            It works once, until {TextTable.Timestamp(expiresAt)}.
            """),
        IssuedSecretKind.EnrolmentCode => (
            new() { ["id"] = id, ["username"] = username, ["enrolmentCode"] = secret, ["enrolmentCodeExpiresAt"] = expiresAt },
            $"""
            {lead}
            Enrolment code: {secret}
            Hand it over in person or by a separate channel: the person needs it, together with the password, to set up the second factor.
            It works once, until {TextTable.Timestamp(expiresAt)}.
            """),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}

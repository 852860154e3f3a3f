namespace KubeIdP.Cli.Api;

/// <summary>An added account with the secret that the person needs to begin: an invitation link or an enrolment code.</summary>
/// <param name="ExpiresAt">When the secret expires.</param>
internal sealed record AddedPerson(string Id, string? InvitationLink, string? EnrolmentCode, DateTimeOffset ExpiresAt);

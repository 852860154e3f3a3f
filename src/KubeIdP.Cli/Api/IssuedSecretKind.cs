namespace KubeIdP.Cli.Api;

/// <summary>The secret that an act issues for the person. It is shown in one response only.</summary>
internal enum IssuedSecretKind
{
    InvitationLink,
    EnrolmentCode,
}

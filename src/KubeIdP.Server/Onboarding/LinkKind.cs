namespace KubeIdP.Server.Onboarding;

/// <summary>The kind of link that was opened. The cookie of one kind is not valid for the other.</summary>
internal enum LinkKind
{
    Invitation,
    Setup,
}

namespace KubeIdP.Cli.Api;

/// <summary>
/// The acts of an administrator on one person that need a reason and at most one argument. A closed list, in the order in which pages offer
/// them. A new act needs a form in <see cref="PersonActForms"/>, and a definition in the server, its texts, and a test; the pages, the API
/// and the commands then have it automatically.
/// </summary>
internal enum PersonAct
{
    SetGroups,
    SetDisplayName,
    EndSessions,
    Unlock,
    Invite,
    ResetFactors,
    Disable,
    Enable,
    Remove,
}

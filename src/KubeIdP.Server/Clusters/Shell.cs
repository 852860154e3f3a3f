namespace KubeIdP.Server.Clusters;

/// <summary>Whose words a command is written in.</summary>
internal enum Shell
{
    Bash,
    PowerShell,
}

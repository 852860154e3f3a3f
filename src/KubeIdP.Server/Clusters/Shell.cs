namespace KubeIdP.Server.Clusters;

/// <summary>The shell for which a command is written.</summary>
internal enum Shell
{
    Bash,
    PowerShell,
}

namespace KubeIdP.Cli;

/// <summary>The exit statuses of both programs: 0 done; 130 and 143 interrupted by Ctrl-C or SIGTERM.</summary>
internal static class ExitCode
{
    /// <summary>Not done: refused, not found, unreachable.</summary>
    public const int NotDone = 1;

    /// <summary>Wrong usage or configuration.</summary>
    public const int Misused = 2;
}

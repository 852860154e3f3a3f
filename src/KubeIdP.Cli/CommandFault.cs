namespace KubeIdP.Cli;

/// <summary>A command could not do what was asked. The message is for the person at the terminal: what happened, and what to do.</summary>
/// <param name="message">Whole sentences; may have several lines.</param>
/// <param name="exitCode">The exit status of the command.</param>
internal class CommandFault(string message, int exitCode = ExitCode.NotDone) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}

namespace KubeIdP.Cli;

/// <summary>A command could not do what was asked. The message is for the person at the terminal: what happened, and what to do.</summary>
internal class CommandFault(string message) : Exception(message)
{
    /// <summary>One of <see cref="ExitCode"/>.</summary>
    public virtual int Status => ExitCode.NotDone;
}

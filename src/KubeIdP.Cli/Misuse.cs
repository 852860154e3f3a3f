namespace KubeIdP.Cli;

/// <summary>What was typed can't be meant: another value is needed.</summary>
internal sealed class Misuse(string message) : CommandFault(message, Cli.ExitCode.Misused);

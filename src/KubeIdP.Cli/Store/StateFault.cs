namespace KubeIdP.Cli.Store;

/// <summary>A file or folder of the state can't be used. This says nothing about the person and their login.</summary>
internal sealed class StateFault(string message) : CommandFault(message);

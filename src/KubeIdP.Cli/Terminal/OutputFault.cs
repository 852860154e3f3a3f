namespace KubeIdP.Cli.Terminal;

/// <summary>Standard output can't be written: it is closed, or a file on a full disk.</summary>
internal sealed class OutputFault(Exception cause) : IOException($"The output can't be written: {cause.Message}", cause);

namespace KubeIdP.Server.Runtime;

/// <summary>Something that an administrator must mend before the server can start. The message says what it is and how to mend it.</summary>
internal sealed class StartFault(string message) : Exception(message);

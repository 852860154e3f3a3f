namespace KubeIdP.Server.Runtime;

/// <summary>Something that an administrator must fix before the server can start. The message says what it is and how to fix it.</summary>
internal sealed class StartFault(string message) : Exception(message);

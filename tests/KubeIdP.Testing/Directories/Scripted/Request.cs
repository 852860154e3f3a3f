namespace KubeIdP.Testing.Directories.Scripted;

/// <summary>A request as the script sees it.</summary>
/// <param name="Operation">The tag of the protocol: 0 bind, 2 unbind, 3 search, 16 abandon, 23 extended.</param>
public sealed record Request(int Id, int Operation, byte[] Bytes);

using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.Sessions;

/// <summary>A client that received tokens in one or more sessions.</summary>
/// <param name="IsNotified">Whether it is or was notified of the end of each of them.</param>
public readonly record struct ReachedClient(ClientId ClientId, bool IsNotified);

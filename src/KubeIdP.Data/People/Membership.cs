using KubeIdP.Core.Upstreams;

namespace KubeIdP.Data.People;

/// <summary>The groups that somebody who may sign in is in, as last known.</summary>
public sealed record Membership(ConnectorId Connector, IReadOnlyList<string> Groups);

using KubeIdP.Core.Upstreams;

namespace KubeIdP.Data.People;

/// <summary>The groups of a person who may sign in, as last known.</summary>
public sealed record Membership(ConnectorId Connector, IReadOnlyList<string> Groups);

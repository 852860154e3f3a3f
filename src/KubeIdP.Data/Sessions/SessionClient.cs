using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.Sessions;

/// <summary>What one client has in a session.</summary>
/// <param name="LastRefreshAt">When it last received tokens.</param>
public sealed record SessionClient(ClientId ClientId, DateTimeOffset LastRefreshAt);

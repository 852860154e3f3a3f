using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.Reports;

/// <summary>The live sessions of one client.</summary>
/// <param name="LastUsedAt">Its last refresh; null if there is none.</param>
public sealed record ReportedClient(ClientId ClientId, long Sessions, long People, DateTimeOffset? OldestLogin, DateTimeOffset? LastUsedAt);

using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.DeviceCodes;

/// <summary>A pending request as the person who typed its code sees it.</summary>
/// <param name="Address">The address of the machine; null: unknown.</param>
/// <param name="CreatedAt">When the machine asked.</param>
/// <param name="Now">When the database was asked.</param>
public sealed record ShownDeviceRequest(
    string Id, ClientId ClientId, string Scopes, string? Address, string? UserAgent, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt,
    DateTimeOffset Now);

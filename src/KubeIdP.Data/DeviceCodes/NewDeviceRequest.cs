using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.DeviceCodes;

/// <summary>A device request about to be stored.</summary>
/// <param name="Id">New for each.</param>
/// <param name="UserCodeHash">See <see cref="DeviceRequest.UserCodeHash"/>.</param>
/// <param name="Network">See <see cref="DeviceRequest.Network"/>.</param>
/// <param name="Lifetime">After which it has expired.</param>
public sealed record NewDeviceRequest(
    string Id, byte[] UserCodeHash, ClientId ClientId, string Scopes, string? Address, string Network, string? UserAgent,
    TimeSpan Lifetime);

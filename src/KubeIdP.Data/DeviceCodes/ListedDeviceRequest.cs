using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Sessions;

namespace KubeIdP.Data.DeviceCodes;

/// <summary>A live device request, decided or not, as administrators see it.</summary>
/// <param name="Address">The address of the machine; null: unknown.</param>
/// <param name="UserAgent">What the machine says that it is; null: nothing.</param>
/// <param name="PersonId">Who typed its code; null: nobody yet.</param>
/// <param name="Username">Of that person.</param>
/// <param name="SessionId">The session that was opened for it; null before it was approved.</param>
/// <param name="Now">When the database was asked.</param>
public sealed record ListedDeviceRequest(
    string Id, ClientId ClientId, string? Address, string? UserAgent, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt,
    DeviceRequestState State, PersonId? PersonId, string? Username, SessionId? SessionId, DateTimeOffset Now)
{
    /// <summary>Whether it can still be denied.</summary>
    public bool IsUndecided => State is DeviceRequestState.Waiting or DeviceRequestState.Opened;
}

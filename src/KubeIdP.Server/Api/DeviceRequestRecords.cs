using KubeIdP.Cli.Api;
using KubeIdP.Data.DeviceCodes;

namespace KubeIdP.Server.Api;

/// <summary>Rows of the database as the API's records of device requests.</summary>
internal static class DeviceRequestRecords
{
    public static ApiDeviceRequest Of(ListedDeviceRequest request) => new()
    {
        Id = request.Id, ClientId = request.ClientId, Address = request.Address, UserAgent = request.UserAgent,
        CreatedAt = request.CreatedAt, ExpiresAt = request.ExpiresAt, State = request.State, PersonId = request.PersonId,
        Username = request.Username, SessionId = request.SessionId,
    };
}

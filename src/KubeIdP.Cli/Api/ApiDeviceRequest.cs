using KubeIdP.Core.Sessions;

namespace KubeIdP.Cli.Api;

/// <summary>A machine without a browser that asked for a device code (RFC 8628) in the last minutes. The code is not known.</summary>
/// <remarks>The commands print the same.</remarks>
internal sealed record ApiDeviceRequest
{
    public required string Id { get; init; }

    public required string ClientId { get; init; }

    /// <summary>The address of the machine.</summary>
    public required string? Address { get; init; }

    public required string? UserAgent { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required DeviceRequestState State { get; init; }

    /// <summary>Who typed its code; null: nobody yet.</summary>
    public required string? PersonId { get; init; }

    public required string? Username { get; init; }

    /// <summary>The session that was opened for it; null before it was approved.</summary>
    public required string? SessionId { get; init; }
}

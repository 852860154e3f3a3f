namespace KubeIdP.Data.DeviceCodes;

/// <summary>
/// A device authorization request (RFC 8628 §3.1): a program on a machine without a browser waits for somebody to approve it in theirs. The
/// only rows that somebody who has not signed in can cause: they are limited in number, and deleted when they expire.
/// </summary>
public sealed class DeviceRequest
{
    /// <summary>It is in the device code, protected. Not secret by itself.</summary>
    public required string Id { get; init; }

    /// <summary>The keyed hash of the user code, which is too short for any other.</summary>
    public required byte[] UserCodeHash { get; init; }

    public required string ClientId { get; init; }

    public required string Scopes { get; init; }

    /// <summary>The address of the machine; null: unknown.</summary>
    public string? Address { get; init; }

    /// <summary>The network as which the address is counted.</summary>
    public required string Network { get; init; }

    public string? UserAgent { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The last poll that was accepted, in Unix milliseconds; 0 before the first.</summary>
    public DateTimeOffset PolledAt { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>The session of the browser in which the user code was typed, the only one that may decide; null before that.</summary>
    public string? LookedUpBy { get; init; }

    public DeviceVerdict Verdict { get; init; }

    /// <summary>The session that was opened for it; null before it was approved.</summary>
    public string? SessionId { get; init; }

    /// <summary>The grant that its poll redeems; null before it was approved.</summary>
    public string? GrantId { get; init; }
}

namespace KubeIdP.Cli.Api;

/// <summary>A session with its end, if it has ended.</summary>
/// <remarks>The commands print the same.</remarks>
internal sealed record ApiSessionDetails : ApiSession
{
    public required bool IsLive { get; init; }

    public required DateTimeOffset? EndedAt { get; init; }

    /// <summary>A subject, a service as client:ID, or cli or issuer.</summary>
    public required string? EndedBy { get; init; }

    /// <summary>The user name of the person who ended it, if it was a person.</summary>
    public required string? EndedByName { get; init; }

    public required string? EndedWhy { get; init; }
}

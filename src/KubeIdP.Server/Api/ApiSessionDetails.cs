using System.Diagnostics.CodeAnalysis;
using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Api;

/// <summary>A session with its end, if it has ended.</summary>
/// <remarks>The commands print the same.</remarks>
internal sealed record ApiSessionDetails : ApiSession
{
    public ApiSessionDetails()
    {
    }

    [SetsRequiredMembers]
    private ApiSessionDetails(ShownSession session)
        : base(session)
    {
        IsLive = session.IsLive;
        EndedAt = session.EndedAt;
        EndedBy = session.EndedBy;
        EndedByName = session.EndedByName;
        EndedWhy = session.EndedWhy;
    }

    public required bool IsLive { get; init; }

    public required DateTimeOffset? EndedAt { get; init; }

    /// <summary>A subject, a service as client:ID, or cli or issuer.</summary>
    public required string? EndedBy { get; init; }

    /// <summary>The user name of the person who ended it, if it was a person.</summary>
    public required string? EndedByName { get; init; }

    public required string? EndedWhy { get; init; }

    public static new ApiSessionDetails Of(ShownSession session) => new(session);
}

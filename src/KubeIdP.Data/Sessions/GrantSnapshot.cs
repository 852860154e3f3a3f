using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Sessions;

namespace KubeIdP.Data.Sessions;

/// <summary>A grant with its session and person as the database saw them at <see cref="Now"/>.</summary>
public sealed record GrantSnapshot
{
    public required GrantId GrantId { get; init; }

    public required ClientId ClientId { get; init; }

    public required string Scopes { get; init; }

    public required SessionId SessionId { get; init; }

    /// <summary>How its session began.</summary>
    public required SessionKind SessionKind { get; init; }

    /// <summary>When it was opened: when its code was issued.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset AuthTime { get; init; }

    public required string Amr { get; init; }

    /// <summary>The session's absolute end.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>When the session was last used, by the browser or by any of its grants.</summary>
    public required DateTimeOffset LastActiveAt { get; init; }

    /// <summary>When grant or session ended, whichever came first; null while both live.</summary>
    public required DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why the grant ended, one of <see cref="GrantEnd"/>; null while it lives, or if only its session has ended.</summary>
    public required string? EndedWhy { get; init; }

    /// <summary>The one accepted generation before the current one; every earlier one is a copy. 0 before the first refresh.</summary>
    public required int PreviousGeneration { get; init; }

    /// <summary>Whether its code has been redeemed.</summary>
    public required bool IsRedeemed { get; init; }

    public required PersonSnapshot Person { get; init; }

    public required DateTimeOffset Now { get; init; }
}

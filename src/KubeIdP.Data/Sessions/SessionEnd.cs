using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;

namespace KubeIdP.Data.Sessions;

/// <summary>A session's end as the person may be told of it.</summary>
/// <param name="EndsAt">The absolute end.</param>
/// <param name="LastActiveAt">The last sign of life of the browser or of any client.</param>
/// <param name="Now">When the database was asked.</param>
public sealed record SessionEnd(SessionId SessionId, PersonId PersonId, DateTimeOffset EndsAt, DateTimeOffset LastActiveAt, DateTimeOffset Now)
{
    /// <summary>When somebody ended it; null when nobody did.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>A subject, or one of the names of <see cref="Actor"/>.</summary>
    public string? EndedBy { get; init; }

    /// <summary>A word of <see cref="GrantEnd"/>, or what a directory said.</summary>
    public string? EndedWhy { get; init; }

    /// <summary>The reason that an administrator chose to tell.</summary>
    public string? ReasonForPerson { get; init; }

    /// <summary>Under which log and audit have it; null where no request ended it.</summary>
    public string? Reference { get; init; }
}

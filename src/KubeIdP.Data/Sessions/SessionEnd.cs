using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;

namespace KubeIdP.Data.Sessions;

/// <summary>The end of a session, as it may be shown to the person.</summary>
/// <param name="EndsAt">The absolute end.</param>
/// <param name="LastActiveAt">When the session was last used, by the browser or by any client.</param>
/// <param name="Now">When the database was asked.</param>
public sealed record SessionEnd(SessionId SessionId, PersonId PersonId, DateTimeOffset EndsAt, DateTimeOffset LastActiveAt,
    DateTimeOffset Now)
{
    /// <summary>When it was ended; null if it was not.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>A subject, or one of the names of <see cref="Actor"/>.</summary>
    public string? EndedBy { get; init; }

    /// <summary>A value of <see cref="GrantEnd"/>, or what a directory said.</summary>
    public string? EndedWhy { get; init; }

    /// <summary>The reason, if an administrator chose to show it.</summary>
    public string? ReasonForPerson { get; init; }

    /// <summary>The reference in log and audit log; null if no request ended it.</summary>
    public string? Reference { get; init; }
}

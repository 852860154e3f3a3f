using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Sessions;

namespace KubeIdP.Data.People;

/// <summary>A session and what was opened in it.</summary>
public sealed record RecordedSession(
    SessionId Id, DateTimeOffset AuthTime, string Amr, string? Address, string? UserAgent, DateTimeOffset LastSeenAt, DateTimeOffset EndsAt,
    DateTimeOffset? EndedAt, string? EndedWhy)
{
    public IReadOnlyList<ShownGrant> Grants { get; init; } = [];
}

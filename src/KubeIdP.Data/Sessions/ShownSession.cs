using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Sessions;

namespace KubeIdP.Data.Sessions;

/// <summary>A session as it is shown, to its person, to an administrator, or in an export.</summary>
public sealed record ShownSession
{
    public required SessionId Id { get; init; }

    public required PersonId PersonId { get; init; }

    public required string Username { get; init; }

    public required string? Address { get; init; }

    public required string? UserAgent { get; init; }

    public required DateTimeOffset AuthTime { get; init; }

    public required string Amr { get; init; }

    /// <summary>How it began.</summary>
    public required SessionKind Kind { get; init; }

    /// <summary>The last time that the browser itself was seen.</summary>
    public required DateTimeOffset LastSeenAt { get; init; }

    /// <summary>The absolute end.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>Null when nobody ended it.</summary>
    public required DateTimeOffset? EndedAt { get; init; }

    /// <summary>A subject, or one of the names of <see cref="Audit.Actor"/>.</summary>
    public required string? EndedBy { get; init; }

    /// <summary>The user name of an <see cref="EndedBy"/> who is a person, where it was asked for.</summary>
    public string? EndedByName { get; init; }

    /// <summary>One of <see cref="GrantEnd"/>, or what a directory said.</summary>
    public required string? EndedWhy { get; init; }

    /// <summary>When the database was asked.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The latest first; in a list of live sessions the live ones alone.</summary>
    public IReadOnlyList<ShownGrant> Grants { get; init; } = [];

    public bool IsLive => EndedAt is null && EndsAt > Now;

    /// <summary>The last sign of life of the browser or of any client.</summary>
    public DateTimeOffset LastUsedAt => Grants.Select(grant => grant.LastUsedAt).Append(LastSeenAt).Max();

    /// <summary>What each client has in it, by the client's id.</summary>
    public IReadOnlyList<SessionClient> Clients =>
    [
        .. from grant in Grants
           group grant.LastUsedAt by grant.ClientId into used
           orderby used.Key.Value
           select new SessionClient(used.Key, used.Max()),
    ];
}

using System.Diagnostics.CodeAnalysis;
using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Api;

/// <summary>A session.</summary>
/// <remarks>The commands print the same.</remarks>
internal record ApiSession
{
    public ApiSession()
    {
    }

    [SetsRequiredMembers]
    public ApiSession(ShownSession session)
    {
        Id = session.Id;
        PersonId = session.PersonId;
        Username = session.Username;
        Address = session.Address;
        UserAgent = session.UserAgent;
        AuthTime = session.AuthTime;
        Amr = session.Amr;
        LastSeenAt = session.LastSeenAt;
        LastUsedAt = session.LastUsedAt;
        EndsAt = session.EndsAt;
        Grants = [.. session.Grants.Select(ApiGrant.Of)];
    }

    public required string Id { get; init; }

    public required string PersonId { get; init; }

    public required string Username { get; init; }

    public required string? Address { get; init; }

    public required string? UserAgent { get; init; }

    public required DateTimeOffset AuthTime { get; init; }

    public required string Amr { get; init; }

    /// <summary>When the browser itself was last seen.</summary>
    public required DateTimeOffset LastSeenAt { get; init; }

    /// <summary>When the browser or any client last used the session.</summary>
    public required DateTimeOffset LastUsedAt { get; init; }

    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>The latest first; in a list of live sessions only live grants.</summary>
    public required IReadOnlyList<ApiGrant> Grants { get; init; }

    public static ApiSession Of(ShownSession session) => new(session);
}

/// <summary>The grant of one client in a session.</summary>
/// <param name="EndedAt">Null while the grant is live.</param>
internal sealed record ApiGrant(
    string Id, string ClientId, DateTimeOffset RedeemedAt, DateTimeOffset LastUsedAt, long Refreshes, DateTimeOffset? EndedAt,
    string? EndedWhy)
{
    public static ApiGrant Of(ShownGrant grant) =>
        new(grant.Id, grant.ClientId, grant.RedeemedAt, grant.LastUsedAt, grant.Refreshes, grant.EndedAt, grant.EndedWhy);
}

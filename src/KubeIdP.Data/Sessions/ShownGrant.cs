using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.Sessions;

/// <summary>A grant whose code was redeemed.</summary>
public sealed record ShownGrant(
    GrantId Id, SessionId SessionId, ClientId ClientId, DateTimeOffset RedeemedAt, DateTimeOffset LastUsedAt, long Refreshes,
    DateTimeOffset? EndedAt, string? EndedWhy);

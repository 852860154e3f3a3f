using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.Sessions;

/// <summary>A session as found by the cookie of its browser.</summary>
public sealed record BrowserSession(
    SessionId Id, PersonId PersonId, string Username, DateTimeOffset AuthTime, string Amr, DateTimeOffset EndsAt,
    DateTimeOffset LastActiveAt,
    DateTimeOffset Now);

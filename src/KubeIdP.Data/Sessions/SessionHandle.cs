using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.Sessions;

/// <summary>What the cookie of a browser names.</summary>
/// <param name="Generation">See <see cref="Session.CookieGeneration"/>.</param>
public readonly record struct SessionHandle(SessionId Id, int Generation);

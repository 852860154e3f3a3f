using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.Sessions;

/// <summary>A session that has just been ended.</summary>
public readonly record struct EndedSession(SessionId Id, PersonId PersonId);

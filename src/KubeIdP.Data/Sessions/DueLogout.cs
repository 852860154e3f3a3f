using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.Sessions;

/// <summary>A client that is to be notified that a session has ended.</summary>
/// <param name="EndedFor">How long ago it ended.</param>
public sealed record DueLogout(SessionId SessionId, PersonId PersonId, int Attempts, TimeSpan EndedFor);

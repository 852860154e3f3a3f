using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.Sessions;

/// <summary>A live session in which the person has proven a factor again, about to be raised.</summary>
/// <param name="Session">As the browser's cookie named it when the login began; if it has been raised since, the login is void.</param>
/// <param name="FactorEpoch">The epoch that the login began in; when the person's has moved on, the login is void.</param>
/// <param name="Amr">All authentication methods of the session, with the new one.</param>
/// <param name="LoginId">Which login; see <see cref="SessionStore.FindOpenedAsync"/>.</param>
public sealed record RaisedSession(SessionHandle Session, PersonId PersonId, long FactorEpoch, string Amr, string LoginId);

using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.Sessions;

/// <summary>A code about to be issued.</summary>
public sealed record NewGrant(GrantId Id, SessionId SessionId, ClientId ClientId, string Scopes)
{
    /// <summary>Whether its client is to be notified when the session ends; see <see cref="LogoutStore"/>.</summary>
    public bool NotifiesOfLogout { get; init; }
}

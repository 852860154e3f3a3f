using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Fragments;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Sessions;

/// <summary>The clients that received tokens in sessions: only these are affected when the sessions end.</summary>
public sealed class ReachedClients(Database database)
{
    public Task<IReadOnlyList<ReachedClient>> OfAsync(SessionId sessionId, CancellationToken ct)
    {
        var which = new Conditions();
        which.Add("s.id = @session", ("session", sessionId));
        return OfAsync(which, ct);
    }

    /// <summary>Of all live sessions that the filter matches.</summary>
    public Task<IReadOnlyList<ReachedClient>> OfAsync(SessionFilter filter, CancellationToken ct) =>
        OfAsync(SessionConditions.Of(database, filter), ct);

    // A client is notified once per session, by any of its grants.
    private async Task<IReadOnlyList<ReachedClient>> OfAsync(Conditions which, CancellationToken ct) => await database.ListAsync($"""
        SELECT client_id, min(told) AS told FROM (
            SELECT g.client_id, max(CASE WHEN g.logout_due_at IS NOT NULL OR g.logout_attempts > 0 THEN 1 ELSE 0 END) AS told
            FROM sessions s JOIN people p ON p.id = s.person_id JOIN grants g ON g.session_id = s.id
            WHERE {which.Sql} AND {Live.Redeemed("g")}
            GROUP BY g.session_id, g.client_id) reached
        GROUP BY client_id ORDER BY client_id
        """, row => new ReachedClient(row.Id<ClientId>("client_id"), row.Int("told") == 1), ct, which.Parameters);
}

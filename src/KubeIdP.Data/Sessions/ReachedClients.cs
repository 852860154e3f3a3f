using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Sessions;

/// <summary>A client that received something in one or more sessions.</summary>
/// <param name="IsTold">Whether it is told of the end of each of them, or has been.</param>
public readonly record struct ReachedClient(string ClientId, bool IsTold);

/// <summary>Which clients sessions have reached: what follows from their end is a matter of these alone.</summary>
public sealed class ReachedClients(Database database)
{
    public Task<IReadOnlyList<ReachedClient>> OfAsync(string sessionId, CancellationToken ct)
    {
        var which = new Conditions();
        which.Add("s.id = @session", ("session", sessionId));
        return OfAsync(which, ct);
    }

    /// <summary>Of all live sessions that the filter means.</summary>
    public Task<IReadOnlyList<ReachedClient>> OfAsync(SessionFilter filter, CancellationToken ct) => OfAsync(SessionConditions.Of(database, filter), ct);

    private async Task<IReadOnlyList<ReachedClient>> OfAsync(Conditions which, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);

        // A client is told once for each session, by whichever of its grants.
        await using var command = database.Command(connection, $"""
            SELECT client_id, min(told) FROM (
                SELECT g.client_id, max(CASE WHEN g.logout_due_at IS NOT NULL OR g.logout_attempts > 0 THEN 1 ELSE 0 END) AS told
                FROM sessions s JOIN people p ON p.id = s.person_id JOIN grants g ON g.session_id = s.id
                WHERE {which.Sql} AND g.code_redeemed_at IS NOT NULL
                GROUP BY g.session_id, g.client_id) reached
            GROUP BY client_id ORDER BY client_id
            """, which.Parameters);
        await using var row = await command.ExecuteReaderAsync(ct);
        var reached = new List<ReachedClient>();
        while (await row.ReadAsync(ct)) reached.Add(new ReachedClient(row.GetString(0), row.GetInt32(1) == 1));
        return reached;
    }
}

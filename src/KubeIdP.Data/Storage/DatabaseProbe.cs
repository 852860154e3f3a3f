namespace KubeIdP.Data.Storage;

/// <summary>Whether the database takes what a login or a refresh would write.</summary>
public sealed class DatabaseProbe(Database database)
{
    /// <summary>
    /// Writes and commits, since a standby, a full disk and a standby that nobody confirms to are all found by a commit alone; the moment, by the clock of
    /// the database's statements. Tried again over a short outage as a refresh is, for the first of a pool's connections to find out that a failover has
    /// been is no reason to be taken out of service.
    /// </summary>
    /// <param name="trouble">Given why a try failed.</param>
    /// <param name="ct">How long to try.</param>
    public Task<DateTimeOffset> WriteAsync(Action<Exception> trouble, CancellationToken ct) => database.OverShortOutageAsync(
        async () =>
        {
            try
            {
                return await WriteOnceAsync(ct);
            }
            catch (Exception fault)
            {
                trouble(fault);
                throw;
            }
        },
        ct);

    // A row among the jobs, of a name that none of them has, for it needs no table of its own. All replicas write the same one.
    private async Task<DateTimeOffset> WriteOnceAsync(CancellationToken ct) => (await database.MomentAsync($"""
        INSERT INTO jobs (name, night) VALUES ('readiness', 0) ON CONFLICT (name) DO UPDATE SET night = excluded.night RETURNING {database.Now}
        """, ct))!.Value;
}

namespace KubeIdP.Data.Storage;

/// <summary>Checks whether the database accepts writes, as a login or a refresh needs them.</summary>
public sealed class DatabaseProbe(Database database)
{
    /// <summary>
    /// Writes and commits, because only a commit detects a standby, a full disk and a missing synchronous standby. Returns the time by the
    /// clock of the database. It is retried over a short outage, as a refresh is: the first connection that notices a failover is no reason
    /// to take the replica out of service.
    /// </summary>
    /// <param name="failed">Called with the reason when an attempt failed.</param>
    /// <param name="ct">Ends the attempts.</param>
    public Task<DateTimeOffset> WriteAsync(Action<Exception> failed, CancellationToken ct) => database.OverShortOutageAsync(
        async () =>
        {
            try
            {
                return await WriteOnceAsync(ct);
            }
            catch (Exception fault)
            {
                failed(fault);
                throw;
            }
        },
        ct);

    // A row in the table of jobs, with a name that no job has, so that no other table is needed. All replicas write the same row.
    private async Task<DateTimeOffset> WriteOnceAsync(CancellationToken ct) => (await database.MomentAsync($"""
        INSERT INTO jobs (name, night) VALUES ('readiness', 0) ON CONFLICT (name) DO UPDATE SET night = excluded.night
            RETURNING {database.Now}
        """, ct))!.Value;
}

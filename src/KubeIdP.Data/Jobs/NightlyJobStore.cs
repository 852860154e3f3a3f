using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Jobs;

/// <summary>Lets one replica start a nightly job.</summary>
public sealed class NightlyJobStore(Database database)
{
    /// <summary>The night begins at this hour (UTC).</summary>
    public static readonly TimeSpan Hour = TimeSpan.FromHours(2);

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>
    /// Returns true for the one caller per night that runs the job. If that process dies, the job runs again the next night.
    /// </summary>
    public async Task<bool> BeginAsync(string name, CancellationToken ct) => await database.ExecuteAsync($"""
        INSERT INTO jobs (name, night) VALUES (@name, ({database.Now} - @hour) / @day)
        ON CONFLICT (name) DO UPDATE SET night = excluded.night WHERE jobs.night < excluded.night
        """, ct, ("name", name), ("hour", Hour), ("day", Day)) == 1;
}

using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Jobs;

/// <summary>Lets one replica begin what is to be done once a night.</summary>
public sealed class NightlyJobStore(Database database)
{
    /// <summary>The night begins at this hour (UTC).</summary>
    public static readonly TimeSpan Hour = TimeSpan.FromHours(2);

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>True for the one caller in a night that is to do it. If it dies over it, the next night is the next chance.</summary>
    public async Task<bool> BeginAsync(string name, CancellationToken ct) => await database.ExecuteAsync($"""
        INSERT INTO jobs (name, night) VALUES (@name, ({database.Now} - @hour) / @day)
        ON CONFLICT (name) DO UPDATE SET night = excluded.night WHERE jobs.night < excluded.night
        """, ct, ("name", name), ("hour", Hour), ("day", Day)) == 1;
}

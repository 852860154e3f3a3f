using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Jobs;

/// <summary>Lets one replica begin what is to be done once a night.</summary>
public sealed class NightlyJobStore(Database database)
{
    /// <summary>The night begins at this hour (UTC).</summary>
    public static readonly TimeSpan Hour = TimeSpan.FromHours(2);

    private static readonly long HourMilliseconds = (long)Hour.TotalMilliseconds;
    private static readonly long DayMilliseconds = (long)TimeSpan.FromDays(1).TotalMilliseconds;

    /// <summary>True for the one caller in a night that is to do it. If it dies over it, the next night is the next chance.</summary>
    public async Task<bool> BeginAsync(string name, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return await database.ExecuteAsync(connection, null, $"""
            INSERT INTO chores (name, night) VALUES (@name, ({database.Now} - {HourMilliseconds}) / {DayMilliseconds})
            ON CONFLICT (name) DO UPDATE SET night = excluded.night WHERE chores.night < excluded.night
            """, ct, ("name", name)) == 1;
    }
}

using System.Data.Common;
using KubeIdP.Data.Storage;
using Npgsql;

namespace KubeIdP.Data.Sessions;

/// <summary>
/// One connection that reads recently ended grants and sessions, and on which PostgreSQL notifies this process of new ones. A broken
/// connection is detected at the next <see cref="ReadAsync"/>, which the caller limits in time; so each read is also a heartbeat. Decision
/// 0004 explains what the notification guarantees.
/// </summary>
public sealed class EndingListener : IAsyncDisposable
{
    /// <summary>The channel of the notifications. A trigger of the schema sends them, so no statement has to.</summary>
    public const string Channel = "kubeidp_ended";

    private readonly Database database;
    private readonly DbConnection connection;
    private readonly string recent;
    private readonly bool receivesNotifications;

    private EndingListener(Database database, DbConnection connection)
    {
        this.database = database;
        this.connection = connection;

        // After the statement, a pooler gives the listening process to other clients, and its notifications with it.
        receivesNotifications = database.Path == DatabasePath.Direct;
        recent = $"""
            SELECT id AS ended FROM grants WHERE ended_at >= {database.Now} - @window
            UNION ALL SELECT id FROM sessions WHERE ended_at >= {database.Now} - @window
            UNION ALL SELECT NULL WHERE {database.IsStandby}
            """;
    }

    internal static async Task<EndingListener> OpenAsync(Database database, CancellationToken ct)
    {
        var connection = await database.OpenAloneAsync(ct);
        var listener = new EndingListener(database, connection);
        try
        {
            if (!listener.receivesNotifications) return listener;

            await using var listen = database.Command(connection, $"LISTEN {Channel}");
            await listen.ExecuteNonQueryAsync(ct);
            return listener;
        }
        catch
        {
            await listener.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// The ids of all grants and sessions that ended within <paramref name="window"/>. Everything that was committed before the call is
    /// among them.
    /// </summary>
    public async Task<IReadOnlyList<string>> ReadAsync(TimeSpan window, CancellationToken ct)
    {
        await using var command = database.Command(connection, recent, ("window", (long)window.TotalMilliseconds));
        await using var reader = await command.ExecuteReaderAsync(ct);
        var row = new Row(reader);
        var ended = new List<string>();
        while (await reader.ReadAsync(ct))
            ended.Add(row.TextOrNull("ended") ?? throw new ReadOnlyDatabaseException(ReadOnlyDatabaseException.Standby));
        return ended;
    }

    /// <summary>
    /// Waits at most <paramref name="longest"/> for a notification, and returns whether one arrived. There are none with SQLite or through
    /// a pooler.
    /// </summary>
    public async Task<bool> WaitAsync(TimeSpan longest, CancellationToken ct)
    {
        if (receivesNotifications && connection is NpgsqlConnection postgres) return await postgres.WaitAsync(longest, ct);

        await Task.Delay(longest, ct);
        return false;
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}

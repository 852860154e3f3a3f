using System.Data.Common;
using KubeIdP.Data.Storage;
using Npgsql;

namespace KubeIdP.Data.Sessions;

/// <summary>
/// One connection that reads what has ended lately, and on which PostgreSQL says when there is something to read. A connection that is dead without
/// knowing it shows at the next <see cref="ReadAsync"/>, which the caller limits in time: that is the heartbeat. What the signal is worth, and what not, is
/// in decisions/0004.
/// </summary>
public sealed class EndingListener : IAsyncDisposable
{
    /// <summary>Where PostgreSQL signals; a trigger of the schema does, so no statement has to think of it.</summary>
    public const string Channel = "kubeidp_ended";

    private readonly Database database;
    private readonly DbConnection connection;
    private readonly string recent;
    private readonly bool hearsSignals;

    private EndingListener(Database database, DbConnection connection)
    {
        this.database = database;
        this.connection = connection;

        // A pooler gives the process that listens to others after the statement, and the signals with it.
        hearsSignals = database.Path == DatabasePath.Direct;
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
            if (!listener.hearsSignals) return listener;

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

    /// <summary>The ids of all grants and sessions that ended within <paramref name="window"/>. Everything that was committed before the call is among them.</summary>
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

    /// <summary>Waits for a signal, for <paramref name="longest"/> at most; whether one came. SQLite gives none, and through a pooler none comes.</summary>
    public async Task<bool> WaitAsync(TimeSpan longest, CancellationToken ct)
    {
        if (hearsSignals && connection is NpgsqlConnection postgres) return await postgres.WaitAsync(longest, ct);

        await Task.Delay(longest, ct);
        return false;
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}

using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace KubeIdP.Data.Storage;

/// <summary>What every SQLite connection is told when it opens.</summary>
internal static class SqliteDurability
{
    public static DbConnectionInterceptor Interceptor { get; } = new OnOpen();

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <param name="busyTimeout">How long SQLite itself waits for another's lock, in the thread that asks; null: for five seconds.</param>
    public static void Apply(DbConnection connection, TimeSpan? busyTimeout = null)
    {
        using var command = connection.CreateCommand();

        // The busy handler waits inside SQLite; without it the driver polls in steps of 150 ms. First, for the others may have to wait.
        // FULL: what was answered is durable, so every commit reaches the disk before the 200 does.
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture, $"PRAGMA busy_timeout={(busyTimeout ?? LongestWait).TotalMilliseconds}; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;");
        command.ExecuteNonQuery();
    }

    private sealed class OnOpen : DbConnectionInterceptor
    {
        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Apply(connection);

        public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            Apply(connection);
            return Task.CompletedTask;
        }
    }
}

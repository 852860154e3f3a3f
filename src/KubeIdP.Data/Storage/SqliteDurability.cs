using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace KubeIdP.Data.Storage;

/// <summary>The settings of every SQLite connection.</summary>
internal static class SqliteDurability
{
    public static DbConnectionInterceptor Interceptor { get; } = new OnOpen();

    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(5);

    /// <param name="busyTimeout">How long SQLite itself waits for a lock, blocking the thread; null: five seconds.</param>
    public static void Apply(DbConnection connection, TimeSpan? busyTimeout = null)
    {
        using var command = connection.CreateCommand();

        // The busy handler waits inside SQLite; without it the driver polls in steps of 150 ms. It is set first, because the other settings
        // may have to wait. FULL: every commit reaches the disk before the response is sent, so what was answered is durable.
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture,
            $"PRAGMA busy_timeout={(busyTimeout ?? LockTimeout).TotalMilliseconds}; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;");
        command.ExecuteNonQuery();
    }

    private sealed class OnOpen : DbConnectionInterceptor
    {
        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Apply(connection);

        public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData,
            CancellationToken cancellationToken = default)
        {
            Apply(connection);
            return Task.CompletedTask;
        }
    }
}

using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace KubeIdP.Data.Storage;

/// <summary>What every SQLite connection is told when it opens.</summary>
internal static class SqliteDurability
{
    public static DbConnectionInterceptor Interceptor { get; } = new OnOpen();

    public static void Apply(DbConnection connection)
    {
        using var command = connection.CreateCommand();

        // The busy handler waits inside SQLite; without it the driver polls in steps of 150 ms. First, for the others may have to wait.
        // FULL: what was answered is durable, so every commit reaches the disk before the 200 does.
        command.CommandText = "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;";
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

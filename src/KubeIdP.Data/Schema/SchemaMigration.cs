using System.Data.Common;
using KubeIdP.Data.Storage;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace KubeIdP.Data.Schema;

/// <summary>
/// Applies missing migrations to a database that servers are using. A change of a table needs an exclusive lock, and while it waits for the
/// lock all other statements wait behind it. So on PostgreSQL it waits at most a second, lets the other statements continue, and tries
/// again.
/// </summary>
public static class SchemaMigration
{
    /// <summary>The maximum time that other statements wait for a migration.</summary>
    private const string LockTimeouts = "SET LOCAL lock_timeout = '800ms'; SET LOCAL statement_timeout = 0";

    /// <summary>The delay between two attempts, for the statements that have waited.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>If a table is locked for longer than this, its transaction was probably forgotten.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    /// <param name="upTo">The last migration to apply; null: all.</param>
    /// <param name="say">Called on PostgreSQL with a text about what is being applied and what it waits for; each can take minutes.</param>
    /// <exception cref="TimeoutException">
    /// A table was in use for ten minutes. Earlier migrations are applied; another run continues from there.
    /// </exception>
    public static async Task ApplyAsync(Database database, string? upTo, Action<string> say, CancellationToken ct)
    {
        // EF Core reads the missing migrations once, so this must happen after another process has released the lock.
        await using var exclusive = await MigrationLock.TakeAsync(database, ct);
        var until = database.Clock.GetUtcNow() + Timeout;
        while (true)
        {
            try
            {
                await TryAsync(database, upTo, say, ct);
                return;
            }
            catch (Exception fault) when (fault.GetBaseException() is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable })
            {
                if (database.Clock.GetUtcNow() > until)
                    throw new TimeoutException(
                        "A table that a migration must change has been in use by one transaction for ten minutes; see pg_stat_activity.",
                        fault);
                say("A table that a migration must change is in use by a long transaction (see pg_stat_activity). Trying again.");
                await Task.Delay(Pause, database.Clock, ct);
            }
        }
    }

    private static async Task TryAsync(Database database, string? upTo, Action<string> say, CancellationToken ct)
    {
        var options = new DbContextOptionsBuilder<KubeIdpDbContext>();
        database.ConfigureAlone(options);
        if (database.IsPostgres)
            options.AddInterceptors(new ShortWaits())
                .LogTo(say, [RelationalEventId.MigrationApplying], LogLevel.Information, DbContextLoggerOptions.None);
        await using var db = new KubeIdpDbContext(options.Options);

        // Creating an index over millions of rows takes long, and blocks nobody.
        db.Database.SetCommandTimeout(TimeSpan.Zero);
        await db.Database.OpenConnectionAsync(ct);

        // For statements outside of a transaction. Behind a pooler this would affect other clients and not this one, so there the account's
        // own limit applies.
        if (database.Path == DatabasePath.Direct)
            await db.Database.ExecuteSqlRawAsync("SET statement_timeout = 0; SET application_name = 'kubeidp-migrate'", ct);
        await db.GetService<IMigrator>().MigrateAsync(upTo, ct);
    }

    /// <summary>
    /// Only in transactions: a statement outside of one (<c>CONCURRENTLY</c>) waits for old transactions without blocking others.
    /// </summary>
    private sealed class ShortWaits : DbTransactionInterceptor
    {
        public override async ValueTask<DbTransaction> TransactionStartedAsync(DbConnection connection, TransactionEndEventData eventData,
            DbTransaction result, CancellationToken cancellationToken = default)
        {
            await using var command = connection.CreateCommand();
            command.Transaction = result;
            command.CommandText = LockTimeouts;
            await command.ExecuteNonQueryAsync(cancellationToken);
            return result;
        }
    }
}

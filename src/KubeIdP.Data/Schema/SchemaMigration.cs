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
/// Applies the migrations that a database lacks, while servers work in it. A change of a table has to have it alone for a moment, and while it waits for that
/// moment everybody else waits behind it: so on PostgreSQL it waits for a second at most, lets the others go on, and tries again.
/// </summary>
public static class SchemaMigration
{
    /// <summary>So long, at most, anybody waits for a migration.</summary>
    private const string LongestWait = "SET LOCAL lock_timeout = '800ms'; SET LOCAL statement_timeout = 0";

    /// <summary>Between two tries, for those who have waited.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>A table that is held for longer than this is held by somebody who has forgotten it.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    /// <param name="upTo">The last migration to apply; null: all.</param>
    /// <param name="say">Told, on PostgreSQL, what is being applied and what is waited for: each can take minutes.</param>
    /// <exception cref="TimeoutException">A table was in use for ten minutes. What came before is applied; another run goes on from there.</exception>
    public static async Task ApplyAsync(Database database, string? upTo, Action<string> say, CancellationToken ct)
    {
        // Which migrations there are to apply EF Core reads for itself, once, and so after whoever was first.
        await using var turn = await MigrationLock.TakeAsync(database, ct);
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
                if (database.Clock.GetUtcNow() > until) throw new TimeoutException("A table that a migration changes has been in use by one transaction for ten minutes; pg_stat_activity says whose it is.", fault);
                say("A table that is to be changed is in use by a long transaction (pg_stat_activity says whose). Trying again.");
                await Task.Delay(Pause, database.Clock, ct);
            }
        }
    }

    private static async Task TryAsync(Database database, string? upTo, Action<string> say, CancellationToken ct)
    {
        var options = new DbContextOptionsBuilder<KubeIdpDbContext>();
        database.ConfigureAlone(options);
        if (database.IsPostgres) options.AddInterceptors(new ShortWaits()).LogTo(say, [RelationalEventId.MigrationApplying], LogLevel.Information, DbContextLoggerOptions.None);
        await using var db = new KubeIdpDbContext(options.Options);

        // An index over millions of rows takes its time, and harms nobody.
        db.Database.SetCommandTimeout(TimeSpan.Zero);
        await db.Database.OpenConnectionAsync(ct);

        // For what runs outside of a transaction. Behind a pooler it would be set for others, and not for us: there the account's own limit stays in force.
        if (database.Path == DatabasePath.Direct) await db.Database.ExecuteSqlRawAsync("SET statement_timeout = 0; SET application_name = 'kubeidp-migrate'", ct);
        await db.GetService<IMigrator>().MigrateAsync(upTo, ct);
    }

    /// <summary>Within transactions alone: what runs outside of one (<c>CONCURRENTLY</c>) waits for old transactions without keeping anybody.</summary>
    private sealed class ShortWaits : DbTransactionInterceptor
    {
        public override async ValueTask<DbTransaction> TransactionStartedAsync(DbConnection connection, TransactionEndEventData eventData, DbTransaction result, CancellationToken cancellationToken = default)
        {
            await using var command = connection.CreateCommand();
            command.Transaction = result;
            command.CommandText = LongestWait;
            await command.ExecuteNonQueryAsync(cancellationToken);
            return result;
        }
    }
}

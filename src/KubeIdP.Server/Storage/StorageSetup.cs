using KubeIdP.Data.Schema;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Runtime;
using Microsoft.EntityFrameworkCore;

namespace KubeIdP.Server.Storage;

/// <summary>The database: opened, prepared, locked for one server. Every verb needs it, with or without the web.</summary>
internal static class StorageSetup
{
    public static IServiceCollection AddStorage(this IServiceCollection services) =>
        services.AddSingleton(provider => Open(
            provider.GetRequiredService<DatabaseOptions>(), provider.GetRequiredService<DataDirectory>().Path,
            provider.GetRequiredService<TimeProvider>()));

    /// <summary>The one clock: the database's, as far as it has been asked, which <c>UnlockAuditAsync</c> does first.</summary>
    public static IServiceCollection AddClock(this IServiceCollection services) =>
        services.AddSingleton(new DatabaseClock(TimeProvider.System)).AddSingleton<TimeProvider>(provider => provider.GetRequiredService<DatabaseClock>());

    /// <summary>
    /// Makes the schema current, or throws <see cref="StartFault"/>, also for a right that our account lacks. SQLite belongs to this one server and is migrated
    /// as a matter of course; a PostgreSQL that several replicas share only when asked, by the verb <c>migrate</c> or <c>serve --migrate</c>.
    /// </summary>
    public static async Task PrepareAsync(this Database database, bool migrate, CancellationToken ct)
    {
        try
        {
            // Whoever migrates owns the tables.
            if (!migrate) await RequireRightsAsync(database, ct);
            await MakeCurrentAsync(database, migrate, ct);
            if (migrate) await RequireRightsAsync(database, ct);
        }
        catch (Exception fault) when (Outage.Of(fault) is { Kind: OutageKind.RightMissing } outage)
        {
            throw new StartFault($"{outage}");
        }
    }

    private static async Task RequireRightsAsync(Database database, CancellationToken ct)
    {
        if (await DatabaseRights.FindMissingAsync(database, ct) is { } missing) throw new StartFault(missing);
    }

    private static async Task MakeCurrentAsync(Database database, bool migrate, CancellationToken ct)
    {
        if (await DatabaseDiagnostics.FindFaultsAsync(database, ct) is not [] and var faults) throw new StartFault($"The database can't be used. {string.Join('\n', faults)}");

        var schema = await SchemaState.ReadAsync(database, ct);

        if (schema.Unknown is { } newer)
            throw new StartFault($"The database has a newer schema than this version knows ({newer}). Start the version that made it, or a later one.");
        if (schema.Pending == 0) return;
        if (!migrate && database.IsPostgres)
            throw new StartFault($"The database lacks {schema.Pending} migration(s). Run the verb migrate once, or start with serve --migrate.");

        try
        {
            await SchemaMigration.ApplyAsync(database, upTo: null, Console.Error.WriteLine, ct);
        }
        catch (TimeoutException fault)
        {
            throw new StartFault($"The schema is not current: {fault.Message} End that transaction and start again; what was done already stays.");
        }
    }

    /// <summary>How PostgreSQL is reached and what follows from it, for administrators; known after the first connection.</summary>
    public static string DescribePath(Database database)
    {
        var statements = database.Prepares ? "statements are prepared once per connection" : "statements are not prepared";
        return database.Path == DatabasePath.Pooler
            ? $"through a pooler: {statements}, and what has ended is asked for four times a second"
            : $"straight to PostgreSQL: {statements}, and it signals what has ended";
    }

    /// <summary>For what is no running server's work: verbs that read by it.</summary>
    public static KubeIdpDbContext ContextOf(Database database)
    {
        var options = new DbContextOptionsBuilder<KubeIdpDbContext>();
        database.Configure(options);
        return new KubeIdpDbContext(options.Options);
    }

    /// <summary>
    /// Null where there is a database, of which an SQLite file may be without anything in it; else what to say. A verb that made one would find nobody in it, and
    /// take its configuration for right.
    /// </summary>
    public static async Task<string?> FindMissingAsync(DatabaseOptions options, string dataDirectory, CancellationToken ct)
    {
        if (options.Postgres is not null) return null;

        var file = SqliteFile(dataDirectory);
        if (new FileInfo(file) is { Exists: true, Length: > 0 } && await MigrationHistory.IsInAsync(file, ct)) return null;

        return $"There is no database {file}: the first start of the server makes it, or the verb migrate. If there is one elsewhere, name its folder as dataDirectory, or its configuration with --config.";
    }

    public static string SqliteFile(string dataDirectory) => Path.Combine(dataDirectory, "kubeidp.db");

    /// <summary>
    /// The right to serve this configuration's SQLite database, until it is disposed of; null with PostgreSQL, which serves many. Throws <see cref="StartFault"/>
    /// while another process has it.
    /// </summary>
    /// <param name="fix">What to do when a server runs.</param>
    public static ServerLock? TakeServerLock(DatabaseOptions options, string dataDirectory, string fix)
    {
        if (options.Postgres is not null) return null;

        var file = SqliteFile(dataDirectory);
        try
        {
            PrivateFiles.CreateFolder(dataDirectory);
            var alone = ServerLock.TryTake(file) ?? throw new StartFault($"Another server is running on the database {file}, and an SQLite database serves one. {fix}");
            foreach (var ending in (string[])["", "-wal", "-shm"]) PrivateFiles.Close(ServerLock.Resolve(file) + ending);
            return alone;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartFault($"The database {file} can't be locked for this server: {fault.Message} Give dataDirectory to the account of this process, on a file system with locks.");
        }
    }

    public static Database Open(DatabaseOptions options, string dataDirectory, TimeProvider clock)
    {
        if (options.Postgres is not { } connectionString)
        {
            PrivateFiles.CreateFolder(dataDirectory);

            // SQLite takes an empty file for one that it may write, and gives its mode to those that it makes beside it.
            PrivateFiles.CreateEmpty(ServerLock.Resolve(SqliteFile(dataDirectory)));
            return Database.Sqlite(SqliteFile(dataDirectory), clock);
        }

        return Database.Postgres(connectionString, clock, options.PasswordFile is { } file ? () => File.ReadAllText(file).TrimEnd('\r', '\n') : null);
    }
}

using KubeIdP.Core.Files;
using KubeIdP.Data.Schema;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Runtime;
using Microsoft.EntityFrameworkCore;

namespace KubeIdP.Server.Storage;

/// <summary>Opens, prepares and locks the database. Every command needs it, with or without the web server.</summary>
internal static class StorageSetup
{
    public static IServiceCollection AddStorage(this IServiceCollection services) =>
        services.AddSingleton(provider => Open(
            provider.GetRequiredService<DatabaseOptions>(), provider.GetRequiredService<DataDirectory>().Path,
            provider.GetRequiredService<TimeProvider>()));

    /// <summary>
    /// Registers the clock that everything uses: the database's clock, once it has been read, which <c>UnlockAuditAsync</c> does first.
    /// </summary>
    public static IServiceCollection AddClock(this IServiceCollection services) => services
        .AddSingleton(new DatabaseClock(TimeProvider.System))
        .AddSingleton<TimeProvider>(provider => provider.GetRequiredService<DatabaseClock>());

    /// <summary>
    /// Makes the schema current, or throws <see cref="StartFault"/>, also if the server's account lacks a right. An SQLite database belongs
    /// to one server and is always migrated; a PostgreSQL database, which several replicas may share, only on request, by the command
    /// <c>migrate</c> or <c>serve --migrate</c>.
    /// </summary>
    public static async Task PrepareAsync(this Database database, bool migrate, CancellationToken ct)
    {
        try
        {
            // The account that migrates owns the tables.
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
        if (await DatabaseDiagnostics.FindFaultsAsync(database, ct) is not [] and var faults)
            throw new StartFault($"The database can't be used. {string.Join('\n', faults)}");

        var schema = await SchemaState.ReadAsync(database, ct);

        if (schema.Unknown is { } newer)
            throw new StartFault(
                $"The database has a newer schema than this version knows ({newer}). Start the version that created it, or a later one.");
        if (schema.Pending == 0) return;
        if (!migrate && database.IsPostgres)
            throw new StartFault(
                $"The database lacks {schema.Pending} migration(s). Run the command \"migrate\" once, or start with \"serve --migrate\".");

        try
        {
            await SchemaMigration.ApplyAsync(database, upTo: null, Console.Error.WriteLine, ct);
        }
        catch (TimeoutException fault)
        {
            throw new StartFault(
                $"The schema is not current: {fault.Message} End that transaction and start again; migrations that were applied stay "
                + $"applied.");
        }
    }

    /// <summary>
    /// Describes for administrators how PostgreSQL is reached and what follows from it; known after the first connection.
    /// </summary>
    public static string DescribePath(Database database)
    {
        var statements = database.Prepares ? "statements are prepared once per connection" : "statements are not prepared";
        return database.Path == DatabasePath.Pooler
            ? $"through a pooler: {statements}, and ended sessions are polled four times a second"
            : $"directly to PostgreSQL: {statements}, and it notifies this server of ended sessions";
    }

    /// <summary>For commands that read through EF Core, never for a running server.</summary>
    public static KubeIdpDbContext ContextOf(Database database)
    {
        var options = new DbContextOptionsBuilder<KubeIdpDbContext>();
        database.Configure(options);
        return new KubeIdpDbContext(options.Options);
    }

    /// <summary>
    /// The error message if there is no database; null if there is one (an SQLite file may be empty). A command must not create one: it
    /// would find nobody in it, and the wrong configuration would go unnoticed.
    /// </summary>
    public static async Task<string?> FindMissingAsync(DatabaseOptions options, string dataDirectory, CancellationToken ct)
    {
        if (options.Postgres is not null) return null;

        var file = SqliteFile(dataDirectory);
        if (new FileInfo(file) is { Exists: true, Length: > 0 } && await MigrationHistory.IsInAsync(file, ct)) return null;

        return $"There is no database {file}. The first start of the server creates it, and so does the command \"migrate\". If the "
            + $"database is elsewhere, set dataDirectory to its folder, or name its configuration with --config.";
    }

    public static string SqliteFile(string dataDirectory) => Path.Combine(dataDirectory, "kubeidp.db");

    /// <summary>
    /// Takes the lock to serve the configured SQLite database, until it is disposed of; null with PostgreSQL, which allows many servers.
    /// Throws <see cref="StartFault"/> while another process has it.
    /// </summary>
    /// <param name="fix">What to do if another server runs.</param>
    public static ServerLock? TakeServerLock(DatabaseOptions options, string dataDirectory, string fix)
    {
        if (options.Postgres is not null) return null;

        var file = SqliteFile(dataDirectory);
        try
        {
            PrivateFiles.CreateFolder(dataDirectory);
            var alone = ServerLock.TryTake(file)
                ?? throw new StartFault(
                    $"Another server is using the database {file}, and an SQLite database can be used by only one server. {fix}");
            foreach (var ending in (string[])["", "-wal", "-shm"]) PrivateFiles.Close(ServerLock.Resolve(file) + ending);
            return alone;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartFault(
                $"The database {file} can't be locked for this server: {fault.Message} The account of this process must own "
                + $"dataDirectory, and its file system must support locks.");
        }
    }

    public static Database Open(DatabaseOptions options, string dataDirectory, TimeProvider clock)
    {
        if (options.Postgres is not { } connectionString)
        {
            PrivateFiles.CreateFolder(dataDirectory);

            // SQLite accepts an existing empty file, and gives its mode to the files that it creates beside it.
            PrivateFiles.CreateEmpty(ServerLock.Resolve(SqliteFile(dataDirectory)));
            return Database.Sqlite(SqliteFile(dataDirectory), clock);
        }

        return Database.Postgres(connectionString, clock,
            options.PasswordFile is { } file ? () => File.ReadAllText(file).TrimEnd('\r', '\n') : null);
    }
}

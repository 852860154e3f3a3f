using System.Data.Common;
using KubeIdP.Data.Audit;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace KubeIdP.Data.Storage;

/// <summary>
/// The one database of the issuer, SQLite or PostgreSQL, and the few words in which the two differ.
/// A connection string that can't be read throws <see cref="ArgumentException"/>.
/// </summary>
public sealed class Database : IAsyncDisposable
{
    /// <summary>So long a failover of the database may take before anybody hears of it.</summary>
    public static readonly TimeSpan ShortOutage = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(400);

    private readonly DbDataSource source;
    private readonly DbDataSource alone;

    private Database(DbDataSource source, DbDataSource alone, TimeProvider clock)
    {
        this.source = source;
        this.alone = alone;
        Clock = clock;
    }

    /// <summary>By which every fact that is written here is proven; whoever opens a database for more than reading sets it first.</summary>
    public AuditKey AuditKey
    {
        get => field ?? throw new InvalidOperationException("A fact was to be written before the audit key was read.");
        set;
    }

    public bool IsPostgres => source is NpgsqlDataSource;

    /// <summary>Where the history of this database's schema is.</summary>
    public string MigrationsAssembly => IsPostgres ? "KubeIdP.Migrations.Postgres" : "KubeIdP.Migrations.Sqlite";

    /// <summary>For waiting; and on SQLite the clock of the statements.</summary>
    internal TimeProvider Clock { get; }

    /// <summary>The file of an SQLite database; null: it is on PostgreSQL.</summary>
    internal string? SqliteFile => IsPostgres ? null : new SqliteConnectionStringBuilder(source.ConnectionString).DataSource;

    /// <summary>
    /// The present moment in Unix milliseconds, as an SQL expression. On PostgreSQL the server's clock, one for all replicas and constant
    /// within a statement; SQLite's clock is this process's own, so there it is the parameter that <see cref="Command"/> adds.
    /// </summary>
    public string Now => IsPostgres ? "(extract(epoch from statement_timestamp()) * 1000)::bigint" : "@now";

    /// <summary>Whether a column that holds a JSON list of texts has this one among them, as an SQL expression over a parameter.</summary>
    public string ListHolds(string column, string parameter) => IsPostgres
        ? $"{column}::jsonb @> to_jsonb(@{parameter}::text)"
        : $"EXISTS (SELECT 1 FROM json_each({column}) WHERE value = @{parameter})";

    /// <summary>Whether a column is one of the texts of a JSON list, as an SQL expression over a parameter.</summary>
    public string IsAmong(string column, string parameter) => IsPostgres
        ? $"{column} IN (SELECT jsonb_array_elements_text(@{parameter}::jsonb))"
        : $"{column} IN (SELECT value FROM json_each(@{parameter}))";

    /// <summary>Whether a text holds another one, letter by letter, as an SQL expression over a parameter.</summary>
    public string TextHolds(string text, string parameter) => IsPostgres ? $"strpos({text}, @{parameter}) > 0" : $"instr({text}, @{parameter}) > 0";

    public static Database Sqlite(string path, TimeProvider clock)
    {
        var connection = new SqliteConnectionStringBuilder { DataSource = path, ForeignKeys = true, Pooling = true, DefaultTimeout = 10 };
        var source = new SqliteDataSource(connection.ToString());
        return new Database(source, source, clock);
    }

    /// <param name="connectionString">Npgsql's keywords.</param>
    /// <param name="clock">For SQLite alone the clock of the statements; here, of waiting.</param>
    /// <param name="password">Asked for each new connection, so that a changed one needs no restart; null: it stands in the connection string.</param>
    public static Database Postgres(string connectionString, TimeProvider clock, Func<string>? password = null)
    {
        // The last word on a keyword counts: ours are the defaults.
        var connection = new NpgsqlConnectionStringBuilder($"Timeout=5;Command Timeout=10;{connectionString}") { ApplicationName = "kubeidp" };

        // The refresh path runs the same two statements for ever: parsed once per connection. Nothing of ours stays in
        // a connection's state, so the statements that would reset it on every return to the pool are not needed.
        connection.MaxAutoPrepare = 32;
        connection.AutoPrepareMinUsages = 2;
        connection.NoResetOnClose = true;
        var source = SourceOf(connection, password);

        // On a connection that is dead without knowing it there is no use in asking the server to cancel, and waiting for its word.
        connection.ApplicationName = "kubeidp-listener";
        connection.Pooling = false;
        connection.MaxAutoPrepare = 0;
        connection.CancellationTimeout = -1;
        return new Database(source, SourceOf(connection, password), clock);
    }

    /// <summary>Shares connections and pool with the statements that are not written in EF Core.</summary>
    public void Configure(DbContextOptionsBuilder options) => Configure(options, source);

    /// <summary>For migrations: on a connection of their own, whose settings nobody inherits.</summary>
    internal void ConfigureAlone(DbContextOptionsBuilder options) => Configure(options, alone);

    private void Configure(DbContextOptionsBuilder options, DbDataSource connections)
    {
        if (connections is NpgsqlDataSource postgres)
            options.UseNpgsql(postgres, npgsql => npgsql.MigrationsAssembly(MigrationsAssembly));
        else
            options.UseSqlite(source.ConnectionString, sqlite => sqlite.MigrationsAssembly(MigrationsAssembly)).AddInterceptors(SqliteDurability.Interceptor);
    }

    /// <summary>Whether a statement failed on a unique index.</summary>
    public static bool IsDuplicate(DbException fault)
    {
        const int SqliteConstraintUnique = 2067;
        return fault is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } or SqliteException { SqliteExtendedErrorCode: SqliteConstraintUnique };
    }

    /// <summary>
    /// Whether PostgreSQL could not be asked, whatever the question: no connection, no more of them, stopping, starting, or an account that it does not let in
    /// (now: its password may be on the way). Class 28, 53 and 57P of its error codes.
    /// </summary>
    public static bool IsAway(NpgsqlException fault) => fault.SqlState switch
    {
        null => true,
        var code => fault.IsTransient || code.StartsWith("57P", StringComparison.Ordinal) || code.StartsWith("53", StringComparison.Ordinal) || code.StartsWith("28", StringComparison.Ordinal),
    };

    public ValueTask<DbConnection> OpenAsync(CancellationToken ct) => source.OpenConnectionAsync(ct);

    /// <summary>A connection outside of the pool, for somebody who keeps it. A command that is cancelled on it breaks it at once.</summary>
    internal ValueTask<DbConnection> OpenAloneAsync(CancellationToken ct) => alone.OpenConnectionAsync(ct);

    /// <summary>
    /// Does something again and again while PostgreSQL is away, as in a failover, until <see cref="ShortOutage"/> is over; then its error is thrown. What is
    /// done must be harmless when it is done twice: whether the server did it before the connection broke, nobody knows.
    /// </summary>
    public async Task<T> OverShortOutageAsync<T>(Func<Task<T>> act, CancellationToken ct)
    {
        if (!IsPostgres) return await act();

        var (began, pause) = (Clock.GetTimestamp(), FirstPause);
        while (true)
        {
            try
            {
                return await act();
            }
            catch (NpgsqlException fault) when (IsAway(fault) && Clock.GetElapsedTime(began) + pause < ShortOutage)
            {
                await Task.Delay(pause, Clock, ct);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    /// <summary>A command with its parameters, and with the one that <see cref="Now"/> may need.</summary>
    public DbCommand Command(DbConnection connection, string text, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        foreach (var (name, value) in parameters)
            Add(command, name, value);
        if (!IsPostgres) Add(command, "now", Clock.GetUtcNow().ToUnixTimeMilliseconds());
        return command;
    }

    /// <summary>SQLite: lets go of the file, for a connection that goes back to the pool stays open.</summary>
    public async Task CloseIdleConnectionsAsync(CancellationToken ct)
    {
        await using var connection = await OpenAsync(ct);
        if (connection is SqliteConnection sqlite) SqliteConnection.ClearPool(sqlite);
    }

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await alone.DisposeAsync();
    }

    private static NpgsqlDataSource SourceOf(NpgsqlConnectionStringBuilder connection, Func<string>? password)
    {
        var source = new NpgsqlDataSourceBuilder(connection.ToString());
        if (password is not null) source.UsePasswordProvider(_ => password(), (_, _) => ValueTask.FromResult(password()));
        return source.Build();
    }

    private static void Add(DbCommand command, string name, object? value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value ?? DBNull.Value;
        command.Parameters.Add(parameter);
    }

    private sealed class SqliteDataSource(string connectionString) : DbDataSource
    {
        public override string ConnectionString => connectionString;

        protected override DbConnection CreateDbConnection() => new SqliteConnection(connectionString);

        protected override DbConnection OpenDbConnection()
        {
            var connection = base.OpenDbConnection();
            SqliteDurability.Apply(connection);
            return connection;
        }

        protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default)
        {
            var connection = new PatientSqliteConnection(connectionString);
            try
            {
                await connection.OpenAsync(cancellationToken);
                return connection;
            }
            catch
            {
                await connection.DisposeAsync();
                throw;
            }
        }
    }
}

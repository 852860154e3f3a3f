using System.Data;
using System.Data.Common;
using System.Reflection;
using KubeIdP.Core.Identifiers;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace KubeIdP.Data.Storage;

/// <summary>
/// The database of the issuer, SQLite or PostgreSQL, and the few SQL expressions in which the two differ. A connection string that can't be
/// read throws <see cref="ArgumentException"/>.
/// </summary>
public sealed class Database : Statements, IAsyncDisposable
{
    /// <summary>How long a failover of the database may take before requests fail.</summary>
    public static readonly TimeSpan ShortOutage = TimeSpan.FromSeconds(2);

    /// <summary>The server process, and why it accepts no changes; null if it does.</summary>
    private const string ServerDiagnostics = """
        SELECT pg_backend_pid(), CASE WHEN pg_is_in_recovery()
            THEN 'it is a standby' WHEN current_setting('transaction_read_only')::boolean THEN 'default_transaction_read_only is on' END
        """;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMilliseconds(400);

    private static readonly TimeSpan DiscardInterval = TimeSpan.FromMilliseconds(250);

    private readonly DbDataSource source;
    private readonly DbDataSource? prepared;
    private readonly DbDataSource alone;
    private Assembly? migrations;
    private long discardedAt;
    private volatile DatabasePath path;
    private volatile bool losesStatements;

    private Database(DbDataSource sqlite, TimeProvider clock) => (source, alone, Clock) = (sqlite, sqlite, clock);

    private Database(NpgsqlConnectionStringBuilder connection, bool isPreparingChosen, TimeProvider clock, Func<string>? password)
    {
        Clock = clock;

        // The connection string decides whether statements are prepared. By default they are prepared once it is known that there is no
        // pooler.
        if (!isPreparingChosen)
        {
            prepared = SourceOf(new NpgsqlConnectionStringBuilder(connection.ToString()) { MaxAutoPrepare = 32, AutoPrepareMinUsages = 2 },
                password);
            connection.MaxAutoPrepare = connection.MinPoolSize = 0;
        }

        source = SourceOf(connection, password);

        // On a broken connection it is useless to wait for the server to confirm a cancellation.
        alone = SourceOf(new NpgsqlConnectionStringBuilder(connection.ToString())
        {
            ApplicationName = $"{connection.ApplicationName}-listener", Pooling = false, MaxAutoPrepare = 0, CancellationTimeout = -1,
        }, password);
    }

    public bool IsPostgres => source is NpgsqlDataSource;

    /// <summary>How PostgreSQL is reached, as observed on the last new connection.</summary>
    public DatabasePath Path => losesStatements ? DatabasePath.Pooler : path;

    /// <summary>
    /// Whether repeated statements are parsed and planned once per connection, which the refresh needs to be fast. The connection string
    /// decides (<c>Max Auto Prepare</c>), else <see cref="Path"/>: behind a pooler the next statement may run on another server connection.
    /// </summary>
    public bool Prepares =>
        prepared is null
            ? IsPostgres && new NpgsqlConnectionStringBuilder(source.ConnectionString).MaxAutoPrepare > 0
            : Path == DatabasePath.Direct;

    /// <summary>
    /// The assembly with the migrations of this database: those of this version, unless a test has brought those of the next.
    /// </summary>
    public Assembly Migrations
    {
        get => migrations ??= Assembly.Load(IsPostgres ? "KubeIdP.Migrations.Postgres" : "KubeIdP.Migrations.Sqlite");
        internal set => migrations = value;
    }

    /// <summary>The clock for waiting and, on SQLite, for the statements.</summary>
    internal TimeProvider Clock { get; }

    /// <summary>The file of an SQLite database; null: it is on PostgreSQL.</summary>
    internal string? SqliteFile => IsPostgres ? null : new SqliteConnectionStringBuilder(source.ConnectionString).DataSource;

    /// <summary>
    /// The present moment in Unix milliseconds, as an SQL expression. On PostgreSQL the server's clock, one for all replicas and constant
    /// within a statement; SQLite's clock is this process's own, so there it is the parameter that <see cref="Command"/> adds.
    /// </summary>
    internal string Now => IsPostgres ? "(extract(epoch from statement_timestamp()) * 1000)::bigint" : "@now";

    /// <summary>Whether a standby answers this statement, as an SQL expression.</summary>
    internal string IsStandby => IsPostgres ? "pg_is_in_recovery()" : "false";

    /// <summary>Whether a column that holds a JSON list of texts has this one among them, as an SQL expression over a parameter.</summary>
    internal string ListHolds(string column, string parameter) => IsPostgres
        ? $"{column}::jsonb @> to_jsonb(@{parameter}::text)"
        : $"EXISTS (SELECT 1 FROM json_each({column}) WHERE value = @{parameter})";

    /// <summary>Whether a column is one of the texts of a JSON list, as an SQL expression over a parameter.</summary>
    internal string IsAmong(string column, string parameter) => IsPostgres
        ? $"{column} IN (SELECT jsonb_array_elements_text(@{parameter}::jsonb))"
        : $"{column} IN (SELECT value FROM json_each(@{parameter}))";

    /// <summary>Whether a text contains another one exactly, as an SQL expression over a parameter.</summary>
    internal string TextHolds(string text, string parameter) =>
        IsPostgres ? $"strpos({text}, @{parameter}) > 0" : $"instr({text}, @{parameter}) > 0";

    public static Database Sqlite(string path, TimeProvider clock)
    {
        var connection = new SqliteConnectionStringBuilder { DataSource = path, ForeignKeys = true, Pooling = true, DefaultTimeout = 10 };
        return new Database(new SqliteDataSource(connection.ToString()), clock);
    }

    /// <param name="connectionString">Npgsql's keywords.</param>
    /// <param name="clock">The clock for waiting; statements use the clock of the database.</param>
    /// <param name="password">
    /// Called for each new connection, so that a changed password needs no restart; null: the connection string has it.
    /// </param>
    public static Database Postgres(string connectionString, TimeProvider clock, Func<string>? password = null)
    {
        // The last value of a keyword counts, so these are the defaults. The server leaves no state in a connection, so it need not be
        // reset on every return to the pool.
        var connection =
            new NpgsqlConnectionStringBuilder(
                $"Timeout=5;Command Timeout=10;No Reset On Close=true;Application Name=kubeidp;{connectionString}");

        // The driver accepts this keyword only with several hosts. A single host is checked in any case (Inspect).
        if (connection.Host?.Contains(',', StringComparison.Ordinal) != true) connection.TargetSessionAttributes = null;
        var given = new DbConnectionStringBuilder { ConnectionString = connectionString };
        return new Database(connection, given.ContainsKey("Max Auto Prepare") || given.ContainsKey("MaxAutoPrepare"), clock, password);
    }

    /// <summary>Shares connections and pool with the plain SQL statements.</summary>
    public void Configure(DbContextOptionsBuilder options) => Configure(options, source);

    /// <summary>For migrations: on a connection of their own, whose settings are not reused.</summary>
    internal void ConfigureAlone(DbContextOptionsBuilder options) => Configure(options, alone);

    private void Configure(DbContextOptionsBuilder options, DbDataSource connections)
    {
        if (connections is NpgsqlDataSource postgres)
            options.UseNpgsql(postgres, npgsql => npgsql.MigrationsAssembly(Migrations));
        else
            options.UseSqlite(source.ConnectionString, sqlite => sqlite.MigrationsAssembly(Migrations))
                .AddInterceptors(SqliteDurability.Interceptor);
    }

    /// <summary>Whether a statement failed on a unique index.</summary>
    public static bool IsDuplicate(DbException fault)
    {
        const int SqliteConstraintUnique = 2067;
        return fault is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation }
            or SqliteException { SqliteExtendedErrorCode: SqliteConstraintUnique };
    }

    internal ValueTask<DbConnection> OpenAsync(CancellationToken ct) =>
        (prepared is not null && Path == DatabasePath.Direct ? prepared : source).OpenConnectionAsync(ct);

    /// <summary>Begins a transaction.</summary>
    public Task<UnitOfWork> BeginAsync(CancellationToken ct) => BeginAsync(connection => connection.BeginTransactionAsync(ct), ct);

    /// <summary>Begins a read-only snapshot, which blocks nobody.</summary>
    internal Task<UnitOfWork> BeginSnapshotAsync(CancellationToken ct) => BeginAsync(
        async connection => connection is SqliteConnection sqlite
            ? sqlite.BeginTransaction(deferred: true)
            : await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct),
        ct);

    private async Task<UnitOfWork> BeginAsync(Func<DbConnection, ValueTask<DbTransaction>> begin, CancellationToken ct)
    {
        var connection = await OpenAsync(ct);
        try
        {
            return new UnitOfWork(this, connection, await begin(connection));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>A connection outside of the pool, for long use. Cancelling a command on it closes it immediately.</summary>
    internal ValueTask<DbConnection> OpenAloneAsync(CancellationToken ct) => alone.OpenConnectionAsync(ct);

    /// <summary>
    /// Repeats an action while PostgreSQL is unavailable, as in a failover, for up to <see cref="ShortOutage"/>; then its error is thrown.
    /// The action must be idempotent, because it is unknown whether the server completed it before the connection broke.
    /// </summary>
    public async Task<T> OverShortOutageAsync<T>(Func<Task<T>> act, CancellationToken ct)
    {
        if (!IsPostgres) return await act();

        var (began, pause) = (Clock.GetTimestamp(), FirstDelay);
        while (true)
        {
            try
            {
                return await act();
            }
            catch (Exception fault) when (Outage.Is(fault) && Clock.GetElapsedTime(began) + pause < ShortOutage)
            {
                DiscardConnections(fault);
                await Task.Delay(pause, Clock, ct);
                pause = pause * 2 < MaxDelay ? pause * 2 : MaxDelay;
            }
        }
    }

    /// <summary>
    /// Call this with the exception of a statement. If it shows that the connection leads to a database that can't be used (<see
    /// cref="Outage"/>), all existing connections are removed from the pool. Otherwise they would make requests fail long after the address
    /// is correct again.
    /// </summary>
    public void DiscardConnections(Exception fault)
    {
        if (!IsPostgres || Outage.Of(fault) is not { IsOfTheConnection: true } outage) return;

        // A pooler that was not detected as one.
        if (outage.State is PostgresErrorCodes.InvalidSqlStatementName or PostgresErrorCodes.DuplicatePreparedStatement)
            losesStatements = true;

        // Of many requests that fail at once only the first one does this; later ones would close connections that were just opened.
        var (now, last) = (Clock.GetTimestamp(), Interlocked.Read(ref discardedAt));
        if (last != 0 && Clock.GetElapsedTime(last, now) < DiscardInterval) return;
        if (Interlocked.CompareExchange(ref discardedAt, now, last) != last) return;

        foreach (var pool in (DbDataSource?[])[source, prepared]) (pool as NpgsqlDataSource)?.Clear();
    }

    /// <summary>A command with its parameters, and with the one that <see cref="Now"/> may need.</summary>
    internal DbCommand Command(DbConnection connection, string text, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        foreach (var (name, value) in parameters)
            Add(command, name, value);
        if (!IsPostgres) Add(command, "now", Clock.GetUtcNow().ToUnixTimeMilliseconds());
        return command;
    }

    /// <summary>SQLite: closes the file, because a connection in the pool stays open.</summary>
    public async Task CloseIdleConnectionsAsync(CancellationToken ct)
    {
        await using var connection = await OpenAsync(ct);
        if (connection is SqliteConnection sqlite) SqliteConnection.ClearPool(sqlite);
    }

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        if (prepared is not null) await prepared.DisposeAsync();
        await alone.DisposeAsync();
    }

    private protected override async ValueTask<Statement> PrepareAsync(string sql, (string Name, object? Value)[] parameters,
        CancellationToken ct)
    {
        var connection = await OpenAsync(ct);
        return new Statement(Command(connection, sql, parameters), connection);
    }

    private NpgsqlDataSource SourceOf(NpgsqlConnectionStringBuilder connection, Func<string>? password)
    {
        var source = new NpgsqlDataSourceBuilder(connection.ToString());
        if (password is not null) source.UsePasswordProvider(_ => password(), (_, _) => ValueTask.FromResult(password()));
        source.UsePhysicalConnectionInitializer(Inspect, InspectAsync);
        return source.Build();
    }

    private void Inspect(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(ServerDiagnostics, connection);
        using var row = command.ExecuteReader();
        row.Read();
        Inspect(connection, row);
    }

    private async Task InspectAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(ServerDiagnostics, connection);
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        Inspect(connection, row);
    }

    /// <summary>
    /// Each new connection is checked once. A connection to a standby never gets into the pool, and is not used for reading either, because
    /// a revocation on the primary may not have arrived there. With several hosts the driver then tries the next one.
    /// </summary>
    private void Inspect(NpgsqlConnection connection, NpgsqlDataReader row)
    {
        if (!row.IsDBNull(1)) throw new ReadOnlyDatabaseException($"{connection.Host}: {row.GetString(1)}");

        // Poolers send a process id of their own instead of the server's, because they need it to forward cancel requests.
        path = row.GetInt32(0) == connection.ProcessID ? DatabasePath.Direct : DatabasePath.Pooler;
    }

    private static void Add(DbCommand command, string name, object? value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value switch
        {
            null => DBNull.Value,
            DateTimeOffset moment => moment.ToUnixTimeMilliseconds(),
            TimeSpan time => (long)time.TotalMilliseconds,
            IReadOnlyList<string> texts => TextList.Write(texts),
            IIdentifier id => id.Value,
            _ => value,
        };
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
            var connection = new NonBlockingSqliteConnection(connectionString);
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

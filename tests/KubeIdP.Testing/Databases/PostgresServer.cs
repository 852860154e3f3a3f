using System.Diagnostics;
using KubeIdP.Data.Schema;
using KubeIdP.Data.Storage;
using KubeIdP.Testing.Processes;
using Npgsql;

namespace KubeIdP.Testing.Databases;

/// <summary>
/// A private PostgreSQL cluster in a temporary folder, reached through a Unix socket that only this account can open. <see
/// cref="SharedAsync"/> is the one of the test process; who stops a server takes one of their own from <see cref="StartNewAsync"/>.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string Template = "kubeidp_template";
    private const string TemplateWithClock = "kubeidp_template_clock";

    private static readonly Lazy<Task<PostgresServer>> Shared = new(() => StartNewAsync(CancellationToken.None));
    private static readonly Lazy<Task<string>> PreparedCluster = new(() => PrepareClusterAsync(CancellationToken.None));

    private readonly string programs;
    private readonly bool durable;
    private readonly string folder;
    private readonly SemaphoreSlim creating = new(1);
    private readonly NpgsqlDataSource administration;

    private PostgresServer(string programs, bool durable, string folder)
    {
        this.programs = programs;
        this.durable = durable;
        this.folder = folder;
        administration = NpgsqlDataSource.Create(ConnectionStringTo("postgres"));
    }

    /// <summary>Whether it runs for as long as the test process does.</summary>
    internal bool IsShared => Shared is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true } shared } && shared.Result == this;

    /// <summary>Where its socket is.</summary>
    public string Folder => folder;

    private string OnOff => durable ? "on" : "off";

    public static Task<PostgresServer> SharedAsync() => Shared.Value;

    /// <param name="ct">Leaves nothing running.</param>
    /// <param name="durable">
    /// Whether each commit waits for the disk, and rows are cleared away, as in production: for a test of that, and for measurements.
    /// </param>
    public static async Task<PostgresServer> StartNewAsync(CancellationToken ct, bool durable = false)
    {
        var prepared = await PreparedCluster.Value;
        var server = await NewAsync(durable, ct);
        (await server.RunAsync(ct, AsOwner("cp", "-a", prepared, $"{server.folder}/data"))).Succeeded();
        await server.StartAsync(ct);
        return server;
    }

    /// <summary>
    /// A standby of this server, kept current by streaming: it answers queries and refuses every change until <see cref="PromoteAsync"/>.
    /// </summary>
    public async Task<PostgresServer> StartStandbyAsync(CancellationToken ct)
    {
        var standby = await NewAsync(durable, ct);
        (await RunAsync(ct,
            AsOwner($"{programs}/pg_basebackup", "-h", folder, "-U", "postgres", "-D", $"{standby.folder}/data", "-R", "-X", "stream", "-c",
                "fast", "--no-sync"))).Succeeded();
        await standby.StartAsync(ct);
        return standby;
    }

    /// <summary>
    /// Makes a standby the primary, with everything that <paramref name="primary"/> has committed, and makes that one read-only, as a
    /// planned failover does.
    /// </summary>
    public async Task PromoteAsync(PostgresServer primary, CancellationToken ct)
    {
        await primary.SetReadOnlyAsync(true, ct);
        var last = await primary.AskAsync("SELECT pg_current_wal_lsn()::text", ct);
        while (await AskAsync($"SELECT (pg_last_wal_replay_lsn() >= '{last}')::text", ct) != "true")
            await Task.Delay(TimeSpan.FromMilliseconds(20), ct);
        await AdministerAsync("SELECT pg_promote()", ct);
    }

    /// <summary>Also for the connections that are open.</summary>
    public async Task SetReadOnlyAsync(bool on, CancellationToken ct)
    {
        await AdministerAsync($"ALTER SYSTEM SET default_transaction_read_only = {(on ? "on" : "off")}", ct);
        await AdministerAsync("SELECT pg_reload_conf()", ct);
    }

    /// <summary>A fresh database with all migrations applied.</summary>
    public Task<string> CreateDatabaseAsync(CancellationToken ct) => CreateAsync(Template, ct);

    /// <summary>
    /// The same, with a function <c>fake_clock.statement_timestamp</c> that is ahead of the real one by what <c>fake_clock.shift</c> says.
    /// </summary>
    internal Task<string> CreateDatabaseWithClockAsync(CancellationToken ct) => CreateAsync(TemplateWithClock, ct);

    /// <summary>Nobody may be connected any more. Each takes ten megabytes.</summary>
    internal Task DropDatabaseAsync(string name, CancellationToken ct) => AdministerAsync($"DROP DATABASE {name} WITH (FORCE)", ct);

    /// <summary>A fresh database with nothing in it.</summary>
    public Task<string> CreateEmptyDatabaseAsync(CancellationToken ct) => CreateAsync("template0", ct);

    /// <summary>What somebody holds who has stolen a backup: the text of <c>pg_dump</c>.</summary>
    public async Task<string> DumpAsync(string connectionString, CancellationToken ct) =>
        (await RunAsync(ct, $"{programs}/pg_dump", "-h", folder, "-U", "postgres",
            new NpgsqlConnectionStringBuilder(connectionString).Database!)).Succeeded().Output;

    /// <summary>A database from the text of <see cref="DumpAsync"/>.</summary>
    public async Task<string> RestoreAsync(string dump, CancellationToken ct)
    {
        var connectionString = await CreateEmptyDatabaseAsync(ct);
        var file = Path.Combine(folder, $"{Guid.NewGuid():N}.sql");
        await File.WriteAllTextAsync(file, dump, ct);
        (await RunAsync(ct, $"{programs}/psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", folder, "-U", "postgres", "-d",
            new NpgsqlConnectionStringBuilder(connectionString).Database!, "-f", file)).Succeeded();
        return connectionString;
    }

    /// <summary>An account that may do everything, and that needs its password, unlike that of the tests.</summary>
    public async Task CreateAccountAsync(string name, string password, CancellationToken ct)
    {
        var rules = $"{folder}/data/pg_hba.conf";
        await File.WriteAllTextAsync(rules, $"local all {name} scram-sha-256\n{await File.ReadAllTextAsync(rules, ct)}", ct);
        await AdministerAsync("SELECT pg_reload_conf()", ct);
        await AdministerAsync($"CREATE ROLE {name} SUPERUSER LOGIN PASSWORD '{password}'", ct);
    }

    /// <summary>Ends all connections of an account, as a failover does.</summary>
    public Task CutAsync(string account, CancellationToken ct) =>
        AdministerAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{account}' AND pid <> pg_backend_pid()",
            ct);

    // Without fsync the kernel still has what a crashed process wrote. On the command line, so that a cluster can be copied without a
    // change.
    public Task StartAsync(CancellationToken ct) =>
        ControlAsync(ct, "start", "-w", "-l", $"{folder}/log", "-o",
            $"-k {folder} -c fsync={OnOff} -c full_page_writes={OnOff} -c autovacuum={OnOff}");

    /// <summary>Crashes the server: connections break in the middle, and the next start recovers from the log of the database.</summary>
    public async Task StopAsync(CancellationToken ct) => await ControlAsync(ct, "stop", "-m", "immediate");

    /// <summary>Runs a statement as the administrator, in the database that has <c>pg_stat_statements</c>.</summary>
    public async Task AdministerAsync(string statement, CancellationToken ct)
    {
        await using var command = administration.CreateCommand(statement);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The answer to a question of one value.</summary>
    public async Task<string?> AskAsync(string question, CancellationToken ct)
    {
        await using var command = administration.CreateCommand(question);
        return (string?)await command.ExecuteScalarAsync(ct);
    }

    /// <summary>
    /// What the server has executed in a database since <see cref="ForgetStatementsAsync"/>: text and number of calls. Without the tests'
    /// own clock, which the planner asks once by itself.
    /// </summary>
    public async Task<Dictionary<string, long>> StatementsAsync(string database, CancellationToken ct)
    {
        await using var command = administration.CreateCommand("""
            SELECT query, sum(calls)::bigint FROM pg_stat_statements
            WHERE dbid = (SELECT oid FROM pg_database WHERE datname = $1) AND query NOT LIKE '%fake_clock%' GROUP BY query
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = database });
        await using var row = await command.ExecuteReaderAsync(ct);
        var statements = new Dictionary<string, long>();
        while (await row.ReadAsync(ct))
            statements.Add(row.GetString(0), row.GetInt64(1));
        return statements;
    }

    public Task ForgetStatementsAsync(string database, CancellationToken ct) =>
        AdministerAsync($"SELECT pg_stat_statements_reset(0, oid, 0) FROM pg_database WHERE datname = '{database}'", ct);

    public async ValueTask DisposeAsync()
    {
        await administration.DisposeAsync();
        creating.Dispose();
        if (File.Exists($"{folder}/data/postmaster.pid")) await StopAsync(CancellationToken.None);
        Directory.Delete(folder, recursive: true);
    }

    private static string NewestPrograms()
    {
        const string root = "/usr/lib/postgresql";
        var newest = (Directory.Exists(root) ? Directory.GetDirectories(root) : [])
            .Where(path => File.Exists($"{path}/bin/initdb"))
            .MaxBy(path => int.TryParse(Path.GetFileName(path), out var version) ? version : 0);
        return newest is null
            ? throw new InvalidOperationException(
                $"PostgreSQL is missing under {root}. Run tests/run.sh, which installs what the tests need.")
            : $"{newest}/bin";
    }

    private async Task<string> CreateAsync(string template, CancellationToken ct)
    {
        var name = $"t{Guid.NewGuid():N}";

        // Two copies of one template at a time get in each other's way.
        await creating.WaitAsync(ct);
        try
        {
            await AdministerAsync($"CREATE DATABASE {name} TEMPLATE {template}", ct);
        }
        finally
        {
            creating.Release();
        }

        return ConnectionStringTo(name);
    }

    /// <summary>A server that has nothing yet, and goes with this process.</summary>
    private static async Task<PostgresServer> NewAsync(bool durable, CancellationToken ct)
    {
        var server = new PostgresServer(NewestPrograms(), durable, Scratch.NewFolder("kubeidp-pg-"));
        AtExit.Run(string.Join(' ', AsOwner($"{server.programs}/pg_ctl", "-D", $"{server.folder}/data", "-m", "immediate", "stop")));
        if (Environment.IsPrivilegedProcess) (await server.RunAsync(ct, "chown", "postgres:", server.folder)).Succeeded();
        return server;
    }

    /// <summary>
    /// The folder of a cluster that is not running and has the template in it: every server is a copy, for making one takes seconds.
    /// </summary>
    private static async Task<string> PrepareClusterAsync(CancellationToken ct)
    {
        var server = await NewAsync(durable: false, ct);
        var data = $"{server.folder}/data";
        (await server.RunAsync(ct,
            AsOwner($"{server.programs}/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")))
                .Succeeded();

        await File.AppendAllTextAsync($"{data}/postgresql.conf", """

            listen_addresses = ''
            max_connections = 200
            shared_preload_libraries = 'pg_stat_statements'
            pg_stat_statements.max = 20000
            """, ct);
        await server.StartAsync(ct);
        await server.PrepareTemplateAsync(ct);
        await server.administration.DisposeAsync();
        await server.ControlAsync(ct, "stop", "-m", "fast");
        return data;
    }

    private async Task PrepareTemplateAsync(CancellationToken ct)
    {
        await AdministerAsync("CREATE EXTENSION pg_stat_statements", ct);
        await AdministerAsync($"CREATE DATABASE {Template}", ct);

        // A template must have no connection left: the pool goes with the Database.
        await using (var database = Database.Postgres(ConnectionStringTo(Template), TimeProvider.System))
            await SchemaMigration.ApplyAsync(database, upTo: null, _ => { }, ct);

        await AdministerAsync($"CREATE DATABASE {TemplateWithClock} TEMPLATE {Template}", ct);
        await using var clock = NpgsqlDataSource.Create($"{ConnectionStringTo(TemplateWithClock)};Pooling=false");
        await using var command = clock.CreateCommand("""
            CREATE SCHEMA fake_clock;
            CREATE TABLE fake_clock.shift (by interval NOT NULL);
            INSERT INTO fake_clock.shift VALUES (interval '0');
            CREATE FUNCTION fake_clock.statement_timestamp() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
                AS 'SELECT pg_catalog.statement_timestamp() + by FROM fake_clock.shift';
            """);
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task ControlAsync(CancellationToken ct, params string[] words) =>
        (await RunAsync(ct, [.. AsOwner($"{programs}/pg_ctl", "-D", $"{folder}/data"), .. words])).Succeeded();

    // PostgreSQL refuses to run as root.
    private static string[] AsOwner(params string[] words) =>
        Environment.IsPrivilegedProcess ? ["runuser", "-u", "postgres", "--", .. words] : words;

    private Task<Outcome> RunAsync(CancellationToken ct, params string[] words)
    {
        // From a folder that the account postgres may enter.
        var start = new ProcessStartInfo(words[0]) { WorkingDirectory = folder };
        foreach (var word in words[1..])
            start.ArgumentList.Add(word);
        return Programs.RunAsync(start, input: null, ct);
    }

    internal string ConnectionStringTo(string database) =>
        new NpgsqlConnectionStringBuilder { Host = folder, Username = "postgres", Database = database }.ToString();
}

using KubeIdP.Testing.Processes;
using Npgsql;

namespace KubeIdP.Testing.Databases;

/// <summary>
/// A PgBouncer before a PostgreSQL, with fewer connections to it than it has clients: in transaction mode nobody keeps one for longer than
/// that.
/// </summary>
public sealed class PgBouncer : IAsyncDisposable
{
    private const string Program = "/usr/sbin/pgbouncer";

    private readonly Daemon daemon;
    private readonly int port;

    private PgBouncer(Daemon daemon, int port) => (this.daemon, this.port) = (daemon, port);

    /// <param name="mode"><c>session</c> or <c>transaction</c>.</param>
    /// <param name="connections">To PostgreSQL, for each database.</param>
    public static async Task<PgBouncer> StartAsync(PostgresServer server, string mode, CancellationToken ct, int connections = 4)
    {
        var (folder, port) = (Scratch.NewFolder("kubeidp-pgbouncer-"), Ports.Free());
        await File.WriteAllTextAsync($"{folder}/users", "\"postgres\" \"\"\n", ct);
        await File.WriteAllTextAsync($"{folder}/pgbouncer.ini", $"""
            [databases]
            * = host={server.Folder}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = trust
            auth_file = {folder}/users
            pool_mode = {mode}
            default_pool_size = {connections}
            max_client_conn = 300

            """, ct);

        // It refuses to run as root.
        string[] asOwner = Environment.IsPrivilegedProcess
            ? ["--reuid=postgres", "--regid=postgres", "--clear-groups", "--", Programs.Required(Program)]
            : [];
        if (asOwner is not []) (await Programs.RunAsync(new("chown", ["-R", "postgres:", folder]), input: null, ct)).Succeeded();
        var bouncer =
            new PgBouncer(
                new Daemon(folder, asOwner is [] ? Programs.Required(Program) : "/usr/bin/setpriv", [.. asOwner, $"{folder}/pgbouncer.ini"],
                    "127.0.0.1", [port]), port);
        await bouncer.daemon.StartAsync(ct);
        return bouncer;
    }

    /// <summary>The same database, through here.</summary>
    public string Through(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Host = "127.0.0.1", Port = port }.ToString();

    public ValueTask DisposeAsync() => daemon.DisposeAsync();
}

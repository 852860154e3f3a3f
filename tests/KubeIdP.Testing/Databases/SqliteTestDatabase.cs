using System.Data.Common;
using KubeIdP.Data.Storage;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Time;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace KubeIdP.Testing.Databases;

internal sealed class SqliteTestDatabase : TestDatabase
{
    /// <summary>As many connections as work may use side by side while it is watched.</summary>
    private const int WatchedConnections = 32;

    private readonly string folder;

    private SqliteTestDatabase(string folder, string path, FakeClock clock)
        : base(path, Database.Sqlite(path, clock), clock) => this.folder = folder;

    public static async Task<TestDatabase> CreateAsync(FakeClock clock, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var folder = Scratch.NewFolder("kubeidp-sqlite-");
        var path = Path.Combine(folder, "kubeidp.db");
        await SqliteTemplate.CopyToAsync(path);
        return new SqliteTestDatabase(folder, path, clock);
    }

    /// <remarks>
    /// SQLite is a library: it can be watched in this process alone, one connection at a time. So all connections that the pool will hand
    /// out get a trace. The PRAGMAs of every opening are left out: they are the set-up of a connection, nothing goes to the disk.
    /// </remarks>
    public override async Task<IReadOnlyDictionary<string, long>> StatementsOfAsync(Func<Task> work, CancellationToken ct)
    {
        var statements = new Dictionary<string, long>();
        void Count(object _, string statement)
        {
            if (statement.TrimStart().StartsWith("PRAGMA", StringComparison.OrdinalIgnoreCase)) return;
            lock (statements)
                statements[statement] = statements.GetValueOrDefault(statement) + 1;
        }

        await TraceAsync(Count, ct);
        try
        {
            await work();
        }
        finally
        {
            await TraceAsync(null, ct);
        }

        return statements;
    }

    public override async ValueTask DisposeAsync()
    {
        await using (var connection = await Database.OpenAsync(CancellationToken.None))
            SqliteConnection.ClearPool((SqliteConnection)connection);
        await Database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task TraceAsync(strdelegate_trace? trace, CancellationToken ct)
    {
        var connections = new List<DbConnection>();
        try
        {
            for (var i = 0; i < WatchedConnections; i++)
                connections.Add(await Database.OpenAsync(ct));
            foreach (var connection in connections)
                raw.sqlite3_trace(((SqliteConnection)connection).Handle, trace, null);
        }
        finally
        {
            foreach (var connection in connections)
                await connection.DisposeAsync();
        }
    }
}

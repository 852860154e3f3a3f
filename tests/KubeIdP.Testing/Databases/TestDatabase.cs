using System.Data.Common;
using System.Globalization;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Schema;
using KubeIdP.Data.Storage;
using KubeIdP.Testing.Time;
using Microsoft.EntityFrameworkCore;

namespace KubeIdP.Testing.Databases;

/// <summary>A fresh database with the product's schema whose clock is the test's, and what the database itself has to say.</summary>
public abstract class TestDatabase : IAsyncDisposable
{
    private readonly Lazy<IReadOnlyList<string>> tables;

    private protected TestDatabase(string connectionString, Database database, FakeClock clock)
    {
        ConnectionString = connectionString;
        Database = database;

        Clock = clock;
        tables = new Lazy<IReadOnlyList<string>>(ReadTables);
    }

    /// <summary>As the configuration of a server would name it: a file's path for SQLite.</summary>
    public string ConnectionString { get; }

    public Database Database { get; }

    public FakeClock Clock { get; }

    /// <summary>
    /// The key of the tests' own audit events: that of the server in memory which runs on this database; before there is one, a fixed one.
    /// </summary>
    public AuditKeySource AuditKeys { get; internal set; } = new(new AuditKey(new byte[AuditKey.Size]));

    public AuditLog AuditLog => new(Database, AuditKeys);

    public static async Task<TestDatabase> SqliteAsync(FakeClock clock, CancellationToken ct = default) =>
        await SqliteTestDatabase.CreateAsync(clock, ct);

    /// <param name="clock">Turned in the server too, for this database alone.</param>
    /// <param name="server">One of the test's own when it is going to stop it; else the shared one.</param>
    public static async Task<TestDatabase> PostgresAsync(FakeClock clock, PostgresServer? server = null, CancellationToken ct = default) =>
        await PostgresTestDatabase.CreateAsync(clock, server ?? await PostgresServer.SharedAsync(), ct);

    /// <summary>Every table of the model.</summary>
    internal IReadOnlyList<string> Tables => tables.Value;

    public KubeIdpDbContext CreateContext()
    {
        var options = new DbContextOptionsBuilder<KubeIdpDbContext>();
        Database.Configure(options);
        return new KubeIdpDbContext(options.Options);
    }

    /// <summary>
    /// The number of rows of every table of the model, but for the audit's checkpoints: those a clock makes, and nobody's request.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, long>> CountRowsAsync(CancellationToken ct)
    {
        await using var connection = await Database.OpenAsync(ct);
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var table in Tables.Where(table => table != "audit_checkpoints"))
            counts[table] = Convert.ToInt64(await ScalarAsync(connection, $"SELECT count(*) FROM {table}", ct),
                CultureInfo.InvariantCulture);
        return counts;
    }

    /// <summary>
    /// The SQL statements that the database executed for <paramref name="work"/>, by their text, with how often. They are counted in the
    /// database: what a library sends by itself is there too, for every client.
    /// </summary>
    public abstract Task<IReadOnlyDictionary<string, long>> StatementsOfAsync(Func<Task> work, CancellationToken ct);

    /// <summary>
    /// The same for work that is done again, up to ten times, while the database executed more than <paramref name="expected"/> for it: the
    /// fewest. What a server does by itself, such as writing audit checkpoints once a second, is in one count, and not in each of several.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, long>> FewestStatementsOfAsync(long expected, Func<Task> work, CancellationToken ct)
    {
        var fewest = await StatementsOfAsync(work, ct);
        for (var again = 0; again < 9 && fewest.Values.Sum() > expected; again++)
        {
            var statements = await StatementsOfAsync(work, ct);
            if (statements.Values.Sum() < fewest.Values.Sum()) fewest = statements;
        }

        return fewest;
    }

    public abstract ValueTask DisposeAsync();

    private IReadOnlyList<string> ReadTables()
    {
        using var context = CreateContext();
        return [.. context.Model.GetEntityTypes().Select(type => type.GetTableName()!).Distinct().Order(StringComparer.Ordinal)];
    }

    private static async Task<object?> ScalarAsync(DbConnection connection, string text, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = text;
        return await command.ExecuteScalarAsync(ct);
    }
}

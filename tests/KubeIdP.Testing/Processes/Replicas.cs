using System.Security.Cryptography;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Protocol;

namespace KubeIdP.Testing.Processes;

/// <summary>
/// Several servers that are one issuer: one name, one PostgreSQL database, one master key. Each listens on a port of its own, as behind a
/// balancer, and the test chooses which one it asks.
/// </summary>
public sealed class Replicas : IAsyncDisposable
{
    private readonly IReadOnlyList<IssuerProcess> replicas;

    private Replicas(string connectionString, string masterKeyFile, IReadOnlyList<IssuerProcess> replicas)
    {
        this.replicas = replicas;
        ConnectionString = connectionString;
        MasterKeyFile = masterKeyFile;
    }

    /// <summary>For a look into the database behind the servers' backs.</summary>
    public string ConnectionString { get; }

    public string MasterKeyFile { get; }

    public int Count => replicas.Count;

    public IssuerProcess this[int index] => replicas[index];

    /// <param name="count">How many to start.</param>
    /// <param name="server">One of the test's own when it is going to stop it; else the shared one.</param>
    /// <param name="through">A connection string that leads to the same database another way, for the servers; null: straight.</param>
    /// <param name="more">Further lines of the configuration.</param>
    public static async Task<Replicas> StartAsync(
        int count, CancellationToken ct, PostgresServer? server = null, Func<string, string>? through = null, string more = "")
    {
        var database = await (server ?? await PostgresServer.SharedAsync()).CreateDatabaseAsync(ct);
        var masterKeyFile = NewMasterKey();
        var reached = through?.Invoke(database) ?? database;
        var replicas = new Replicas(database, masterKeyFile,
            [.. Enumerable.Range(0, count).Select(_ => new IssuerProcess($"{Configuration(reached, masterKeyFile)}\n{more}"))]);
        try
        {
            await Task.WhenAll(replicas.replicas.Select(replica => replica.StartAsync(ct)));
            return replicas;
        }
        catch
        {
            await replicas.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// What every server on this database is configured with. The issuer has a path, so that a link which forgets it leads nowhere.
    /// </summary>
    public static string Configuration(string connectionString, string? masterKeyFile) => $"""
        issuer: https://idp.example.test/auth
        listen: ["https://localhost:{Ports.Free()}"]
        {(masterKeyFile is null ? "" : $"masterKeyFile: {masterKeyFile}")}
        database:
          postgres: "{connectionString}"
        """;

    /// <summary>A file with a master key, as an administrator makes one.</summary>
    public static string NewMasterKey()
    {
        var folder = Scratch.NewFolder("kubeidp-key-");
        var file = Path.Combine(folder, "master.key");
        File.WriteAllText(file, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    public Task<Account> AddAccountAsync(string username, CancellationToken ct, params string[] groups) =>
        replicas[0].AddAccountAsync(username, ct, groups);

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in replicas)
            await replica.DisposeAsync();
    }
}

using System.Diagnostics;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Npgsql;

namespace KubeIdP.Load;

internal enum Storage
{
    Postgres,
    Sqlite,
}

internal enum Algorithm
{
    Rs256,
    Es256,
}

internal sealed record Scale(int People, int ClientsEach);

/// <summary>A server with people who have signed in: what every measurement begins with.</summary>
internal sealed class Stage : IAsyncDisposable
{
    public const string ClientId = "load";

    private readonly PostgresServer? database;
    private readonly string allocations;

    private Stage(IssuerProcess issuer, PostgresServer? database, string? connectionString, Uri plainAddress, string allocations)
    {
        this.allocations = allocations;
        ConnectionString = connectionString;
        this.database = database;
        Issuer = issuer;
        PlainAddress = plainAddress;
    }

    public IssuerProcess Issuer { get; }

    /// <summary>For a look into PostgreSQL; null on SQLite.</summary>
    public string? ConnectionString { get; }

    /// <summary>The same server without TLS, as behind a proxy.</summary>
    public Uri PlainAddress { get; }

    /// <summary>One refresh token for each kubectl; a caller that uses one puts its successor back.</summary>
    public List<string> RefreshTokens { get; } = [];

    /// <param name="deviceCode">Whether the cluster has device codes.</param>
    public static async Task<Stage> SetAsync(
        Storage storage, Algorithm algorithm, Scale scale, CancellationToken ct, bool deviceCode = false)
    {
        var postgres = storage == Storage.Postgres ? await PostgresServer.StartNewAsync(ct, durable: true) : null;
        var (port, plainPort) = (Ports.Free(), Ports.Free());
        var allocations = Path.Combine(Scratch.NewFolder("kubeidp-load-"), "allocations");
        var connection = postgres is null ? null : await postgres.CreateDatabaseAsync(ct);
        var stage = new Stage(
            new IssuerProcess($"""
                issuer: https://localhost:{port}
                listen: ["https://localhost:{port}", "http://127.0.0.1:{plainPort}"]
                {(connection is null ? "" : $"masterKeyFile: {Replicas.NewMasterKey()}")}
                {(connection is null ? "" : $"database: {{ postgres: \"{connection}\" }}")}
                clusters:
                  {ClientId}:
                    signingAlgorithm: {algorithm.ToString().ToLowerInvariant()}
                    {(deviceCode ? "deviceCode: { everybody: true }" : "")}
                """, StartupHook.EnvironmentFor(allocations)),
            postgres, connection, new Uri($"http://127.0.0.1:{plainPort}"), allocations);
        try
        {
            await stage.Issuer.StartAsync(ct);
            for (var person = 0; person < scale.People; person++)
                await stage.SignInAsync($"person{person}", scale.ClientsEach, ct);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>How many bytes the server's process has allocated since it began.</summary>
    public Task<long> ReadAllocatedAsync(CancellationToken ct) => StartupHook.ReadAllocatedAsync(allocations, ct);

    /// <summary>
    /// What PostgreSQL has executed for the server meanwhile, its background jobs included: the text of each statement, and how often.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, long>> StatementsOfAsync(Func<Task> work, CancellationToken ct)
    {
        var name = new NpgsqlConnectionStringBuilder(ConnectionString).Database!;
        await database!.ForgetStatementsAsync(name, ct);
        await work();
        return await database.StatementsAsync(name, ct);
    }

    public static HttpRequestMessage RefreshRequest(Uri address, string refreshToken) =>
        new(HttpMethod.Post, new Uri(address, "/connect/token"))
    {
        Content = new FormUrlEncodedContent(
            new Dictionary<string, string> { ["grant_type"] = "refresh_token", ["client_id"] = ClientId,
                ["refresh_token"] = refreshToken }),
    };

    /// <summary>Twenty refreshes a second until something is over; how long they took, in milliseconds, the shortest first.</summary>
    public async Task<IReadOnlyList<double>> RefreshSteadilyAsync(Task until, CancellationToken ct)
    {
        using var kubectl = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var latencies = new List<double>();
        for (; !until.IsCompleted; await Task.Delay(TimeSpan.FromMilliseconds(50), ct))
        {
            var token = RefreshTokens[0];
            RefreshTokens.RemoveAt(0);
            var sent = Stopwatch.GetTimestamp();
            using var request = RefreshRequest(PlainAddress, token);
            using var response = await kubectl.SendAsync(request, ct);
            latencies.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            RefreshTokens.Add((await TokenAnswer.ReadAsync(response, ct)).Succeeded().RefreshToken!);
        }

        await until;
        latencies.Sort();
        return latencies;
    }

    public async ValueTask DisposeAsync()
    {
        await Issuer.DisposeAsync();
        if (database is not null) await database.DisposeAsync();
    }

    private async Task SignInAsync(string name, int clients, CancellationToken ct)
    {
        var account = await Issuer.AddAccountAsync(name, ct, "platform", "developers", "on-call");
        using var browser = Issuer.CreateBrowser();
        for (var client = 0; client < clients; client++)
        {
            using var kubectl = Issuer.CreateClient(ClientId);
            RefreshTokens.Add((await kubectl.LogInAsync(browser, account, ct)).RefreshToken!);
        }
    }
}

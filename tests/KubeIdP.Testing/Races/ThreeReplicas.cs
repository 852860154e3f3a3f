using KubeIdP.Server.Clients;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Directories;
using KubeIdP.Testing.Kubernetes;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Npgsql;
using Xunit;

namespace KubeIdP.Testing.Races;

/// <summary>
/// Three servers on a PostgreSQL of their own, reached through a proxy that can lose the packets of those that listen, for what a lock
/// inside one process would get right by accident. A client "web" is notified of ended sessions at <see cref="Web"/>, and an API server may
/// ask about each token. Tokens live as long as they may, so that a refused one was refused because its session has ended. A fixture for
/// xUnit.
/// </summary>
public sealed class ThreeReplicas : IAsyncLifetime
{
    /// <summary>Where the client "web" gets its codes.</summary>
    public const string WebRedirect = "https://app.example.test/callback";

    private const string Credential = "the-credential-of-the-API-server";
    private const string WebSecret = "a-secret-that-only-tests-know-0123456789";

    private Replicas? replicas;

    /// <summary>Nobody else's: a test may stop it, and starts it again.</summary>
    public PostgresServer Server { get; private set; } = null!;

    public PostgresProxy Proxy { get; private set; } = null!;

    public LogoutReceiver Web { get; private set; } = null!;

    public IssuerProcess this[int index] => replicas![index];

    public IssuerProcess A => this[0];

    public IssuerProcess B => this[1];

    /// <summary>Straight to the database, without the proxy. Not pooled: a test may have stopped the server since.</summary>
    public string ConnectionString => $"{replicas!.ConnectionString};Pooling=false";

    public async ValueTask InitializeAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        var folder = Scratch.NewFolder("kubeidp-replicas-");
        var authority = new TestAuthority();
        await File.WriteAllTextAsync($"{folder}/ca.pem", authority.Pem, ct);
        Web = await LogoutReceiver.StartAsync(authority, ct);
        Server = await PostgresServer.StartNewAsync(ct);
        replicas = await Replicas.StartAsync(3, ct, Server, Through, $$"""
            tokens: { idTokenLifetime: 00:15:00 }
            backChannelLogout: { networks: [127.0.0.0/8], caFile: {{folder}}/ca.pem }
            clusters:
              kubernetes: { deviceCode: { everybody: true }, tokenReview: { secretHash: "{{ClientSecret.HashOf(Credential)}}" } }
            clients:
              web: { kind: web, redirectUris: ["{{WebRedirect}}"], secretHash: "{{ClientSecret.HashOf(WebSecret)}}",
                backChannelLogoutUri: "{{Web.Address}}" }
            """);
    }

    /// <summary>Nobody else has this account, however many tests run on the database.</summary>
    public Task<Account> AddAccountAsync(CancellationToken ct) => replicas!.AddAccountAsync($"u{Guid.NewGuid():N}", ct, "platform");

    public RelyingParty WebClientAt(int index) => this[index].CreateClient("web", WebRedirect, WebSecret);

    public ReviewingApiServer ApiServerAt(int index) => new(this[index].CreateHandler(), this[index].Issuer, Credential);

    /// <summary>Cuts the connections on which servers listen; those of the pools stay. Returns how many there were.</summary>
    public async Task<long> TerminateListenersAsync(CancellationToken ct) =>
        (long)(await ScalarAsync(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'kubeidp-listener'", ct))!;

    /// <summary>One row of the grant's columns as the database has it.</summary>
    public async Task<(int Current, int? Previous, bool Ended)> GrantAsync(string grantId, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(ct);
        await using var command =
            new NpgsqlCommand("SELECT current_generation, previous_generation, ended_at IS NOT NULL FROM grants WHERE id = $1", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = grantId });
        await using var row = await command.ExecuteReaderAsync(ct);
        Assert.True(await row.ReadAsync(ct));
        return (row.GetInt32(0), await row.IsDBNullAsync(1, ct) ? null : row.GetInt32(1), row.GetBoolean(2));
    }

    public async Task<long> CountGrantsAsync(string sessionId, CancellationToken ct) =>
        (long)(await ScalarAsync("SELECT count(*) FROM grants WHERE session_id = $1", ct, sessionId))!;

    /// <summary>Deletes all device requests, as when they have expired.</summary>
    public Task ForgetDevicesAsync(CancellationToken ct) => ScalarAsync("DELETE FROM device_requests", ct);

    public async ValueTask DisposeAsync()
    {
        if (replicas is not null) await replicas.DisposeAsync();
        if (Proxy is not null) await Proxy.DisposeAsync();
        if (Server is not null) await Server.DisposeAsync();
        if (Web is not null) await Web.DisposeAsync();
    }

    private async Task<object?> ScalarAsync(string text, CancellationToken ct, params object[] values)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(text, connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return await command.ExecuteScalarAsync(ct);
    }

    private string Through(string connectionString)
    {
        Proxy = new PostgresProxy(connectionString);
        return Proxy.Through(connectionString);
    }
}

using KubeIdP.Server.Issuer;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Kubernetes;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Npgsql;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

/// <summary>
/// Three servers on a PostgreSQL of their own, reached through a proxy that can lose the packets of those that listen. Tokens live as long as they may, so
/// that a refused one was refused because its session has ended.
/// </summary>
public sealed class ThreeReplicas : IAsyncLifetime
{
    private const string Credential = "the-credential-of-the-API-server";

    private Replicas? replicas;

    public PostgresServer Server { get; private set; } = null!;

    public PostgresProxy Proxy { get; private set; } = null!;

    public IssuerProcess this[int index] => replicas![index];

    public async ValueTask InitializeAsync()
    {
        Server = await PostgresServer.StartNewAsync(TestContext.Current.CancellationToken);
        replicas = await Replicas.StartAsync(3, TestContext.Current.CancellationToken, Server, Through, $$"""
            tokens: { idTokenLifetime: 00:15:00 }
            clients:
              kubernetes: { tokenReview: { secretHash: "{{ClientSecret.HashOf(Credential)}}" } }
            """);
    }

    public Task<Account> AddAccountAsync(CancellationToken ct) => replicas!.AddAccountAsync($"u{Guid.NewGuid():N}", ct, "platform");

    public ReviewingApiServer ApiServerAt(int index) => new(this[index].CreateHandler(), this[index].Issuer, Credential);

    /// <summary>Cuts the connections on which servers listen; those of the pools go on. How many there were.</summary>
    public async Task<long> TerminateListenersAsync(CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(replicas!.ConnectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'kubeidp-listener'", connection);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    public async ValueTask DisposeAsync()
    {
        if (replicas is not null) await replicas.DisposeAsync();
        if (Proxy is not null) await Proxy.DisposeAsync();
        if (Server is not null) await Server.DisposeAsync();
    }

    private string Through(string connectionString)
    {
        Proxy = new PostgresProxy(connectionString);
        return Proxy.Through(connectionString);
    }
}

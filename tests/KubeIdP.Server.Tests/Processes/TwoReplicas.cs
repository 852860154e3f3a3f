using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Npgsql;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

/// <summary>
/// Two servers on one PostgreSQL, for what a lock inside one process would get right by accident. Suites that share them run one after the other.
/// </summary>
public sealed class TwoReplicas : IAsyncLifetime
{
    private Replicas? replicas;

    public IssuerProcess A => replicas![0];

    public IssuerProcess B => replicas![1];

    public string ConnectionString => replicas!.ConnectionString;

    public async ValueTask InitializeAsync() => replicas = await Replicas.StartAsync(2, TestContext.Current.CancellationToken);

    /// <summary>Nobody else has this account, however many tests run on the database.</summary>
    public Task<Account> AddAccountAsync(CancellationToken ct) => replicas!.AddAccountAsync($"u{Guid.NewGuid():N}", ct, "platform");

    /// <summary>One row of the grant's columns as the database has it.</summary>
    public async Task<(int Current, int? Previous, bool Ended)> GrantAsync(string grantId, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand("SELECT current_generation, previous_generation, ended_at IS NOT NULL FROM grants WHERE id = $1", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = grantId });
        await using var row = await command.ExecuteReaderAsync(ct);
        Assert.True(await row.ReadAsync(ct));
        return (row.GetInt32(0), await row.IsDBNullAsync(1, ct) ? null : row.GetInt32(1), row.GetBoolean(2));
    }

    public async Task<long> CountGrantsAsync(string sessionId, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand("SELECT count(*) FROM grants WHERE session_id = $1", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = sessionId });
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    public async ValueTask DisposeAsync()
    {
        if (replicas is not null) await replicas.DisposeAsync();
    }
}

[CollectionDefinition(nameof(TwoReplicas))]
public sealed class TwoReplicasDefinition : ICollectionFixture<TwoReplicas>;

using KubeIdP.Testing.Races;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

/// <summary>One set of three replicas for all classes that want some, started when the first of them does.</summary>
public sealed class SharedReplicas : IAsyncDisposable
{
    private readonly Lazy<Task<ThreeReplicas>> started = new(StartAsync);

    public Task<ThreeReplicas> StartedAsync() => started.Value;

    public async ValueTask DisposeAsync()
    {
        if (started.IsValueCreated) await (await started.Value).DisposeAsync();
    }

    private static async Task<ThreeReplicas> StartAsync()
    {
        var replicas = new ThreeReplicas();
        await replicas.InitializeAsync();
        return replicas;
    }
}

/// <summary>
/// Tests over <see cref="SharedReplicas"/>, who leave all three running. Of each race a slice runs here; a thousand rounds are a command of
/// tests/KubeIdP.Load.
/// </summary>
[Collection(nameof(OneAtATime))]
public abstract class ReplicaTests(SharedReplicas shared) : IAsyncLifetime
{
    private protected ThreeReplicas Replicas { get; private set; } = null!;

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Replicas = await shared.StartedAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

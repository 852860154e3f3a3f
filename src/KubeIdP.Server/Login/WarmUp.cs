using KubeIdP.Server.Directories;

namespace KubeIdP.Server.Login;

/// <summary>
/// Refuses somebody once before the first request comes: what is made and compiled on first use would make the first refusal of a process slower than
/// those after it.
/// </summary>
internal sealed class WarmUp(IServiceScopeFactory scopes) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<LocalConnector>().AuthenticateAsync("nobody", "warming up", cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

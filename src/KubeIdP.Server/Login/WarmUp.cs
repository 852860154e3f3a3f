using KubeIdP.Server.Directories;
using KubeIdP.Server.Hosting;

namespace KubeIdP.Server.Login;

/// <summary>
/// Refuses somebody once as soon as the server runs: what is made and compiled on first use would make the first refusal of a process slower than
/// those after it. The server does not wait for it, for kubectl does not need it.
/// </summary>
internal sealed class WarmUp(IServiceScopeFactory scopes) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<LocalConnector>().AuthenticateAsync("nobody", "warming up", stoppingToken);
        }
        catch (Exception fault) when (Outage.Is(fault))
        {
            // Then the first login warms it up: no reason to end a server that is waiting for its database.
        }
    }
}

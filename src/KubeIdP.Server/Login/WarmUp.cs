using KubeIdP.Server.Accounts;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Login;

/// <summary>
/// Refuses somebody once as soon as the server runs: what is made and compiled on first use would make the first refusal of a process slower than
/// those after it. The server does not wait for it, for kubectl does not need it.
/// </summary>
internal sealed class WarmUp(IServiceScopeFactory scopes, JobServices services, ILogger<WarmUp> log) : BackgroundJob(services)
{
    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<LocalConnector>().AuthenticateAsync("nobody", "warming up", _ => Task.FromResult(true), stop);
        return null;
    }

    protected override void LogFailure(Exception fault) => log.NotWarmedUp(fault.GetBaseException().Message);
}

using KubeIdP.Server.Accounts;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Login;

/// <summary>
/// Runs one refused login after the start: first use creates and compiles code, which would make the first refusal of a process slower than
/// later ones. The start does not wait for it, because kubectl does not need it.
/// </summary>
internal sealed class WarmUp(IServiceScopeFactory scopes, JobServices services, ILogger<WarmUp> log) : BackgroundJob(services)
{
    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<LocalConnector>()
            .AuthenticateAsync("nobody", "warming up", _ => Task.FromResult(true), stop);
        return null;
    }

    protected override void LogFailure(Exception fault) => log.NotWarmedUp(fault.GetBaseException().Message);
}

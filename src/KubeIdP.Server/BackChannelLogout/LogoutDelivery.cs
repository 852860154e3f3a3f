using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.BackChannelLogout;

/// <summary>
/// Tells web clients that sessions have ended, a few at a time and each client by itself, so that one that hangs holds up nobody else. Who ends a session does
/// not wait for it; what a replica does not get done another one does.
/// </summary>
internal sealed class LogoutDelivery(
    LogoutStore store, LogoutCalls calls, ClientCatalog clients, LogoutMetrics metrics, JobServices services, ILogger<LogoutDelivery> log) : BackgroundJob(services)
{
    private const int AtOnce = 8;

    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    /// <summary>Whoever could not be told for so long is told no more: its own session is likely over too.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromHours(24);

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop)
    {
        await Task.WhenAll(clients.All.Where(client => client.Options.BackChannelLogoutUri is not null).Select(client => RepeatAsync(
            ct => DeliverAsync(client, ct), fault => LogFailure(new ClientId(client.Id), fault), stop)));
        return null;
    }

    protected override void LogFailure(Exception fault) => LogFailure(new ClientId("(all)"), fault);

    /// <summary>What is due stays due.</summary>
    private void LogFailure(ClientId clientId, Exception fault) => log.DeliveryInterrupted(clientId, fault.GetBaseException().Message);

    private async Task<TimeSpan?> DeliverAsync(Client client, CancellationToken stop)
    {
        var due = await store.TakeAsync(new ClientId(client.Id), AtOnce, stop);
        await Task.WhenAll(due.Select(one => TellAsync(client, one, stop)));
        return due.Count < AtOnce ? Delay : TimeSpan.Zero;
    }

    private async Task TellAsync(Client client, DueLogout due, CancellationToken stop)
    {
        var trouble = await calls.TellAsync(client, due, stop);
        if (trouble is null)
        {
            metrics.Delivered(client.Id);
            log.Delivered(client.Id, due.SessionId);
            await store.DeliveredAsync(due.SessionId, new ClientId(client.Id), stop);
            return;
        }

        metrics.Failed(client.Id);
        log.NotDelivered(client.Id, due.SessionId, due.Attempts, trouble);
        if (due.EndedFor > Timeout) await store.GiveUpAsync(due, new ClientId(client.Id), trouble, stop);
    }
}

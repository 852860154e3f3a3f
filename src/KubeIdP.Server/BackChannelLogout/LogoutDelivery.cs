using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.BackChannelLogout;

/// <summary>
/// Notifies web clients of ended sessions, a few at a time and each client independently, so that one that hangs does not delay the others.
/// Ending a session does not wait for it, and any replica can continue the work of another.
/// </summary>
internal sealed class LogoutDelivery(
    LogoutStore store, LogoutCalls calls, ClientCatalog clients, LogoutMetrics metrics, JobServices services, ILogger<LogoutDelivery> log)
        : BackgroundJob(services)
{
    private const int AtOnce = 8;

    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    /// <summary>A client that could not be notified for this long is not tried again: its own session has probably ended too.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromHours(24);

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop)
    {
        await Task.WhenAll(clients.All.Where(client => client.Application?.BackChannelLogoutUri is not null).Select(client => RepeatAsync(
            ct => DeliverAsync(client, ct), fault => LogFailure(client.Id, fault), stop)));
        return null;
    }

    protected override void LogFailure(Exception fault) => LogFailure(new ClientId("(all)"), fault);

    /// <summary>Due notifications stay due.</summary>
    private void LogFailure(ClientId clientId, Exception fault) => log.DeliveryInterrupted(clientId, fault.GetBaseException().Message);

    private async Task<TimeSpan?> DeliverAsync(Client client, CancellationToken stop)
    {
        var due = await store.TakeAsync(client.Id, AtOnce, stop);
        await Task.WhenAll(due.Select(one => NotifyAsync(client, one, stop)));
        return due.Count < AtOnce ? Delay : TimeSpan.Zero;
    }

    private async Task NotifyAsync(Client client, DueLogout due, CancellationToken stop)
    {
        var reason = await calls.NotifyAsync(client, due, stop);
        if (reason is null)
        {
            metrics.Delivered(client.Id);
            log.Delivered(client.Id, due.SessionId);
            await store.DeliveredAsync(due.SessionId, client.Id, stop);
            return;
        }

        metrics.Failed(client.Id);
        log.NotDelivered(client.Id, due.SessionId, due.Attempts, reason);
        if (due.EndedFor > Timeout) await store.GiveUpAsync(due, client.Id, reason, stop);
    }
}

using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Mail;

/// <summary>Sends what is in the <see cref="MailQueue"/>, and when the server stops what was never tried.</summary>
internal sealed class MailDelivery(MailQueue queue, JobServices services, ILogger<MailDelivery> log) : BackgroundJob(services)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>A mail server that is away must not keep the server from stopping.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        using var timer = new CancellationTokenSource(StopTimeout, Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            await queue.SendAsync(onlyNew: true, either.Token);
        }
        catch (OperationCanceledException)
        {
            // The stop goes on.
        }
    }

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop)
    {
        if (!queue.IsConfigured) return null;

        await queue.SendAsync(onlyNew: false, stop);
        return Interval;
    }

    protected override void LogFailure(Exception fault) => log.DeliveryFailed(fault.GetBaseException().Message);
}

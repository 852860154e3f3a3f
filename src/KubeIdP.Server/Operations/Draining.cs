using KubeIdP.Server.Hosting;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Operations;

/// <summary>
/// The time between the request to stop and the stop. The server continues to serve requests, but reports that it is not ready and closes
/// each connection after the response, so that load balancers and connection pools use other servers when it stops.
/// </summary>
internal sealed class Draining(ManagementOptions management, StartupState startup, ServiceNotifier manager, ILogger<Draining> log)
    : IHostedLifecycleService
{
    /// <summary>
    /// Kubernetes removes an endpoint from the rules of all nodes within a few seconds. If nothing checks readiness, there is nothing to
    /// wait for.
    /// </summary>
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(10);

    private volatile bool isOn;

    public bool IsOn => isOn;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        isOn = true;
        manager.Stopping();
        if (management.Listen is null || !startup.IsComplete) return;

        log.Draining(Length.TotalSeconds);
        await Task.Delay(Length, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>HTTP/1.1 clients keep a connection until the server closes it; for HTTP/2, Kestrel sends GOAWAY when it stops.</summary>
    public Task CloseConnectionsAsync(HttpContext http, RequestDelegate next)
    {
        if (isOn && http.Request.Protocol == HttpProtocol.Http11) http.Response.Headers.Connection = "close";
        return next(http);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

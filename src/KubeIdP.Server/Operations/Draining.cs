using KubeIdP.Server.Hosting;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Operations;

/// <summary>
/// The time between being asked to stop and stopping. The server goes on as before, but says that it is not ready, and parts from each client after
/// its answer, so that balancers and connection pools have gone elsewhere when it closes its doors.
/// </summary>
internal sealed class Draining(ManagementOptions management, StartGate gate, ILogger<Draining> log) : IHostedLifecycleService
{
    /// <summary>Kubernetes takes an endpoint out of all its nodes' rules within a few seconds. Without anybody who asks for readiness there is nothing to wait for.</summary>
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(10);

    private volatile bool isOn;

    public bool IsOn => isOn;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        isOn = true;
        if (management.Listen is null || !gate.IsOpen) return;

        log.Draining(Length.TotalSeconds);
        await Task.Delay(Length, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>HTTP/1.1 clients keep a connection until they are told; HTTP/2 has a word of its own for it, which Kestrel says when it stops.</summary>
    public Task PartAsync(HttpContext http, RequestDelegate next)
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

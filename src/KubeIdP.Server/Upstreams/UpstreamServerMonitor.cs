using System.Threading.Channels;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Upstreams;

/// <summary>
/// Reports state changes of single upstream servers in log, metrics and audit log, without delaying the login that noticed them.
/// </summary>
internal sealed class UpstreamServerMonitor : BackgroundJob
{
    // Enough for two states of each of a few servers; more at once is an outage that has already been reported.
    private const int MaxWaiting = 256;

    private readonly Channel<(ConnectorId Connector, UpstreamServer Server)> changes =
        Channel.CreateBounded<(ConnectorId,
            UpstreamServer)>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly UpstreamEvents events;
    private readonly ILogger<UpstreamServerMonitor> log;

    public UpstreamServerMonitor(ConnectorCatalog connectors, UpstreamEvents events, JobServices services,
        ILogger<UpstreamServerMonitor> log)
        : base(services)
    {
        (this.events, this.log) = (events, log);
        foreach (var connector in connectors.With<IServedConnector>())
            connector.ServerChanged += server => changes.Writer.TryWrite((connector.Id, server));
    }

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop)
    {
        var (connector, server) = await changes.Reader.ReadAsync(stop);
        try
        {
            await events.ServerChangedAsync(connector, server, stop);
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            // The next change may be recorded again; the metrics are correct in any case.
            log.ServerChangeNotRecorded(connector.Value, server.Name, fault.GetBaseException().Message);
        }

        return TimeSpan.Zero;
    }

    protected override void LogFailure(Exception fault) => log.ServerChangesNotFollowed(fault.GetBaseException().Message);
}

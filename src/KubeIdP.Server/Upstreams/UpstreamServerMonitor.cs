using System.Threading.Channels;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Upstreams;

/// <summary>Takes what happens to single servers of upstreams to log, metrics and audit, without making the login wait that found out.</summary>
internal sealed class UpstreamServerMonitor : BackgroundJob
{
    // Two states for each of a handful of servers: more than this at once is an outage that has been told already.
    private const int MostWaiting = 256;

    private readonly Channel<(ConnectorId Connector, UpstreamServer Server)> changes =
        Channel.CreateBounded<(ConnectorId, UpstreamServer)>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly UpstreamEvents trouble;
    private readonly ILogger<UpstreamServerMonitor> log;

    public UpstreamServerMonitor(ConnectorCatalog connectors, UpstreamEvents trouble, JobServices services, ILogger<UpstreamServerMonitor> log)
        : base(services)
    {
        (this.trouble, this.log) = (trouble, log);
        foreach (var connector in connectors.With<IServedConnector>())
            connector.ServerChanged += server => changes.Writer.TryWrite((connector.Id, server));
    }

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop)
    {
        var (connector, server) = await changes.Reader.ReadAsync(stop);
        try
        {
            await trouble.ServerChangedAsync(connector, server, stop);
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            // The next change may be recorded again; the metrics know in any case.
            log.ServerChangeNotRecorded(connector.Value, server.Name, fault.GetBaseException().Message);
        }

        return TimeSpan.Zero;
    }

    protected override void LogFailure(Exception fault) => log.ServerChangesNotFollowed(fault.GetBaseException().Message);
}

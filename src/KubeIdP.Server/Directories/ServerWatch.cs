using System.Threading.Channels;
using KubeIdP.Core.Upstreams;

namespace KubeIdP.Server.Directories;

/// <summary>Takes what happens to single servers of directories to log, metrics and audit, without making the login wait that found out.</summary>
internal sealed class ServerWatch : BackgroundService
{
    // Two states for each of a handful of servers: more than this at once is an outage that has been told already.
    private const int MostWaiting = 256;

    private readonly Channel<(ConnectorId Connector, UpstreamServer Server)> changes =
        Channel.CreateBounded<(ConnectorId, UpstreamServer)>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly ConnectorTrouble trouble;
    private readonly ILogger<ServerWatch> log;

    public ServerWatch(ConnectorCatalog connectors, ConnectorTrouble trouble, ILogger<ServerWatch> log)
    {
        (this.trouble, this.log) = (trouble, log);
        foreach (var connector in connectors.All.Select(configured => configured.Connector).OfType<IServedConnector>())
            connector.ServerChanged += server => changes.Writer.TryWrite((connector.Id, server));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var (connector, server) in changes.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await trouble.ServerChangedAsync(connector, server, stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // The next change may be recorded again; the metrics know in any case.
                log.ServerChangeNotRecorded(fault, connector.Value, server.Name);
            }
        }
    }
}

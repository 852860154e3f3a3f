using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace KubeIdP.Server.Hosting;

/// <summary>
/// Kestrel's socket listeners, which close excess connections when they are accepted. If they were closed later, each waiting connection
/// would use a file descriptor of this process, without limit.
/// </summary>
internal sealed class LimitedListeners(IOptions<SocketTransportOptions> options, ILoggerFactory loggers, ConnectionLimit limit)
    : IConnectionListenerFactory
{
    private readonly SocketTransportFactory sockets = new(options, loggers);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        try
        {
            return new Listener(await sockets.BindAsync(endpoint, cancellationToken), limit);
        }
        catch (SocketException fault)
        {
            throw new ListenFault(endpoint, fault);
        }
    }

    private sealed class Listener(IConnectionListener sockets, ConnectionLimit limit) : IConnectionListener
    {
        public EndPoint EndPoint => sockets.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await sockets.AcceptAsync(cancellationToken) is { } connection)
            {
                if (limit.TryEnter(connection)) return connection;

                connection.Abort(new ConnectionAbortedException("Too many connections are open."));
                await connection.DisposeAsync();
            }

            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => sockets.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => sockets.DisposeAsync();
    }
}

using System.Net;
using KubeIdP.Core.Network;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Storage;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Connections;
using Npgsql;

namespace KubeIdP.Server.Hosting;

/// <summary>
/// Limits how many connections may be open at once, in total and per network. They are counted when they are accepted, before anything is
/// read. Connections of kubectl last less than a second; those of browsers and load balancers stay open. The management listener has its
/// own limit: a flood on the other listeners must not block the kubelet's health checks, which would restart the server.
/// </summary>
internal sealed class ConnectionLimit
{
    /// <summary>It limits the memory that idle connections can use, at about 20 KB each.</summary>
    private const int MaxConnections = 10_000;

    /// <summary>For kubelet, Prometheus, and an administrator with curl.</summary>
    private const int MaxForManagement = 50;

    /// <summary>With fewer than these, connections may be refused in normal use.</summary>
    private const int FewConnections = 1_000;

    private readonly Lock sync = new();
    private readonly Dictionary<string, int> byNetwork = new(StringComparer.Ordinal);
    private readonly List<AddressRange> proxies;
    private readonly int? managementPort;
    private readonly int max;
    private readonly OncePerMinute refusals;
    private readonly ILogger<ConnectionLimit> log;
    private int open;
    private int openForManagement;

    /// <summary>Throws <see cref="StartFault"/> if there is no room for any.</summary>
    public ConnectionLimit(
        TrustedProxies trusted, ManagementOptions management, DatabaseOptions database, TimeProvider clock, ILogger<ConnectionLimit> log)
    {
        (refusals, this.log) = (new OncePerMinute(clock), log);
        proxies = [.. trusted.Ranges];
        managementPort = management.Listen is { } url ? ListenAddress.Parse(url).Port : null;
        max = MaxFor(OpenFiles.Left, database.Postgres);
        if (max < FewConnections) log.FewFiles(OpenFiles.Limit!.Value, max, OpenFiles.Recommended);
    }

    /// <summary>
    /// A third of the files that are left after those for the database's connections. The rest is for libraries that are not loaded yet,
    /// upstreams, mail, and SQLite, which opens two files for each concurrent statement.
    /// </summary>
    /// <param name="left">How many more may be opened; null: any number.</param>
    /// <param name="postgres">The connection string; null: SQLite.</param>
    public static int MaxFor(int? left, string? postgres)
    {
        if (left is null) return MaxConnections;

        var pool = postgres is null ? 0 : new NpgsqlConnectionStringBuilder(postgres).MaxPoolSize;
        return (left.Value - pool - MaxForManagement) / 3 is > 0 and var max
            ? Math.Min(MaxConnections, max)
            : throw new StartFault(
                $"This process may open {left} more files, which is not enough for {pool} connections to the database and for incoming "
                + $"connections. Raise the limit: ulimit -n {OpenFiles.Recommended}.");
    }

    /// <summary>
    /// Whether this connection may be served. If so, <see cref="HoldAsync"/> counts it while it is open; otherwise it must be closed at
    /// once.
    /// </summary>
    public bool TryEnter(ConnectionContext connection)
    {
        var network = (connection.LocalEndPoint as IPEndPoint)?.Port == managementPort
            ? null
            : RequestInfo.NetworkOf((connection.RemoteEndPoint as IPEndPoint)?.Address);
        var isProxy = network is not null && connection.RemoteEndPoint is IPEndPoint { Address: var address }
            && proxies.Exists(proxy => proxy.Contains(address));
        lock (sync)
        {
            if (network is null
                ? openForManagement >= MaxForManagement
                : open >= max || (!isProxy && byNetwork.GetValueOrDefault(network) >= MaxPerNetwork))
            {
                if (network is not null) LogRefusal(network);
                return false;
            }

            if (network is null)
            {
                openForManagement++;
            }
            else
            {
                open++;
                byNetwork[network] = byNetwork.GetValueOrDefault(network) + 1;
            }
        }

        connection.Items[typeof(ConnectionLimit)] = new Place(network);
        return true;
    }

    /// <summary>Wraps the processing of a connection, and releases its place at the end.</summary>
    public ConnectionDelegate HoldAsync(ConnectionDelegate next) => async connection =>
    {
        try
        {
            await next(connection);
        }
        finally
        {
            if (connection.Items.Remove(typeof(ConnectionLimit), out var place)) Leave(((Place)place!).Network);
        }
    };

    /// <summary>One network can't use all connections.</summary>
    private int MaxPerNetwork => (max + 1) / 2;

    private void Leave(string? network)
    {
        lock (sync)
        {
            if (network is null)
            {
                openForManagement--;
                return;
            }

            open--;
            if (--byNetwork[network] == 0) byNetwork.Remove(network);
        }
    }

    private void LogRefusal(string network)
    {
        if (refusals.CountSuppressed() is { } more)
            log.ConnectionsRefused(open, byNetwork.GetValueOrDefault(network), network, max, MaxPerNetwork, more);
    }

    /// <param name="Network">Null on the management listener.</param>
    private sealed record Place(string? Network);
}

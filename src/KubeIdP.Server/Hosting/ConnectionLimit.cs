using System.Net;
using KubeIdP.Core.Network;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Storage;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Connections;
using Npgsql;

namespace KubeIdP.Server.Hosting;

/// <summary>
/// How many connections may be open at once, in all and from one network, counted when they are accepted, before anything of them is read. A company's
/// kubectls come and go within a second; what stays are browsers and balancers. The platform's listener has its own count: whoever fills the others up must
/// not keep the kubelet from asking how we are, and have us restarted.
/// </summary>
internal sealed class ConnectionLimit
{
    /// <summary>It bounds what somebody can hold who opens connections and says nothing, at some 20 KB each.</summary>
    private const int MaxConnections = 10_000;

    /// <summary>For kubelet, Prometheus, and somebody with curl.</summary>
    private const int MaxForManagement = 50;

    /// <summary>With fewer than these somebody will notice.</summary>
    private const int FewConnections = 1_000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, int> byNetwork = new(StringComparer.Ordinal);
    private readonly List<AddressRange> proxies;
    private readonly int? managementPort;
    private readonly int most;
    private readonly OncePerMinute refusals;
    private readonly ILogger<ConnectionLimit> log;
    private int open;
    private int openForManagement;

    /// <summary>Throws <see cref="StartFault"/> when there is no room for any.</summary>
    public ConnectionLimit(
        TrustedProxies trusted, ManagementOptions management, DatabaseOptions database, TimeProvider clock, ILogger<ConnectionLimit> log)
    {
        (refusals, this.log) = (new OncePerMinute(clock), log);
        proxies = [.. trusted.Ranges];
        managementPort = management.Listen is { } url ? ListenAddress.Parse(url).Port : null;
        most = MostFor(OpenFiles.Left, database.Postgres);
        if (most < FewConnections) log.FewFiles(OpenFiles.Limit!.Value, most, OpenFiles.Plenty);
    }

    /// <summary>
    /// A third of the files that are left, besides those for the database's connections: the rest is for libraries that are not loaded yet, directories, mail, and
    /// SQLite, which opens two files for each statement that runs beside others.
    /// </summary>
    /// <param name="left">How many more may be opened; null: any number.</param>
    /// <param name="postgres">The connection string; null: SQLite.</param>
    public static int MostFor(int? left, string? postgres)
    {
        if (left is null) return MaxConnections;

        var pool = postgres is null ? 0 : new NpgsqlConnectionStringBuilder(postgres).MaxPoolSize;
        return (left.Value - pool - MaxForManagement) / 3 is > 0 and var most
            ? Math.Min(MaxConnections, most)
            : throw new StartFault($"This process may open {left} more files, which does not suffice for {pool} connections to the database and anybody's to us. Raise the limit: ulimit -n {OpenFiles.Plenty}.");
    }

    /// <summary>Whether this one may be served. Who may, is held by <see cref="HoldAsync"/>; who may not, is to be closed at once.</summary>
    public bool TryEnter(ConnectionContext connection)
    {
        var network = (connection.LocalEndPoint as IPEndPoint)?.Port == managementPort ? null : RequestInfo.NetworkOf((connection.RemoteEndPoint as IPEndPoint)?.Address);
        var isProxy = network is not null && connection.RemoteEndPoint is IPEndPoint { Address: var address } && proxies.Exists(proxy => proxy.Contains(address));
        lock (gate)
        {
            if (network is null ? openForManagement >= MaxForManagement : open >= most || (!isProxy && byNetwork.GetValueOrDefault(network) >= MostOfOne))
            {
                if (network is not null) Tell(network);
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

    /// <summary>Around everything that is done with a connection.</summary>
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

    /// <summary>One network alone can't take all.</summary>
    private int MostOfOne => (most + 1) / 2;

    private void Leave(string? network)
    {
        lock (gate)
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

    private void Tell(string network)
    {
        if (refusals.CountUnsaid() is { } more) log.ConnectionsRefused(open, byNetwork.GetValueOrDefault(network), network, most, MostOfOne, more);
    }

    /// <param name="Network">Null on the platform's listener.</param>
    private sealed record Place(string? Network);
}

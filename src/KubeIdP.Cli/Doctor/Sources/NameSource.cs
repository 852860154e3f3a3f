using System.Net.Sockets;
using KubeIdP.Cli.Doctor.Facts;
using KubeIdP.Core.Network;

namespace KubeIdP.Cli.Doctor.Sources;

/// <summary>Looks up names, and whether a proxy takes connections.</summary>
internal static class NameSource
{
    public static async Task<NameFacts> ResolveAsync(string host, CancellationToken ct)
    {
        try
        {
            var addresses = await Outbound.ResolveAsync(host.Trim('[', ']'), ct);
            return new NameFacts(host, [.. addresses.Select(address => address.ToString())], null);
        }
        catch (SocketException fault)
        {
            return new NameFacts(host, [], fault.SocketErrorCode switch
            {
                SocketError.HostNotFound or SocketError.NoData => "there is no such name.",
                SocketError.TryAgain => "no name server answers.",
                _ => $"{fault.Message}.",
            });
        }
    }

    /// <summary>Why it takes no connection; null if it does.</summary>
    public static async Task<string?> FaultOfProxyAsync(Uri proxy, TimeSpan limit, TimeProvider clock, CancellationToken ct)
    {
        try
        {
            await using var stream = await Outbound.ConnectAsync(proxy.Host, proxy.Port, limit, clock, ct);
            return null;
        }
        catch (SocketException fault)
        {
            return fault.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => "nothing listens there.",
                SocketError.HostNotFound or SocketError.NoData => "its name is not found.",
                _ => $"{fault.Message}.",
            };
        }
    }
}

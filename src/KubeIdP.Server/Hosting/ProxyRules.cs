using System.Net;
using KubeIdP.Server.Hosting.Configuration;

namespace KubeIdP.Server.Hosting;

internal static class ProxyRules
{
    public static IEnumerable<SettingsFault> Check(IReadOnlyList<string> proxies)
    {
        for (var i = 0; i < proxies.Count; i++)
        {
            if (NetworkOf(proxies[i]) is not { } network)
                yield return new($"proxies[{i}]", $"\"{proxies[i]}\" is no address or network.", "Write it as in 10.0.0.7 or 10.0.0.0/8.");
            else if (network.PrefixLength == 0)
                yield return new($"proxies[{i}]", "Everybody would be a proxy, and could claim any address.", "Name the network that the proxies are in.");
        }
    }

    /// <summary>An address is a network of its own. Null for what is neither.</summary>
    public static IPNetwork? NetworkOf(string text) =>
        IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8) : IPNetwork.TryParse(text, out var network) ? network : null;
}

using KubeIdP.Core.Network;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Hosting;

internal static class ProxyRules
{
    public static IEnumerable<SettingsFault> Check(IReadOnlyList<string> proxies)
    {
        for (var i = 0; i < proxies.Count; i++)
        {
            if (AddressRange.Parse(proxies[i]) is not { } range)
                yield return new($"proxies[{i}]", $"\"{proxies[i]}\" is not an address or network.",
                    "Write it as in 10.0.0.7 or 10.0.0.0/8.");
            else if (range.Network.PrefixLength == 0)
                yield return new($"proxies[{i}]", "This makes every address a proxy, and every client could claim any address.",
                    "Name only the network of the proxies.");
        }
    }
}

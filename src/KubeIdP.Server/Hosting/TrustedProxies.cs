using KubeIdP.Core.Network;

namespace KubeIdP.Server.Hosting;

/// <summary>The proxies in front of this server (the key <c>proxies</c>), which are believed when they say who asks.</summary>
/// <param name="Networks">As they are configured, each without fault.</param>
internal sealed record TrustedProxies(IReadOnlyList<string> Networks)
{
    public IReadOnlyList<AddressRange> Ranges { get; } = [.. Networks.Select(network => AddressRange.Parse(network)!.Value)];
}

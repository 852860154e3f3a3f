using KubeIdP.Core.Network;

namespace KubeIdP.Server.Hosting;

/// <summary>The proxies in front of this server (the key <c>proxies</c>), which are trusted to report the client's address.</summary>
/// <param name="Networks">As they are configured; each is valid.</param>
internal sealed record TrustedProxies(IReadOnlyList<string> Networks)
{
    public IReadOnlyList<AddressRange> Ranges { get; } = [.. Networks.Select(network => AddressRange.Parse(network)!.Value)];
}

namespace KubeIdP.Server.Runtime;

/// <summary>Where people and programs reach this server (the key <c>listen</c>).</summary>
/// <param name="All">As they are configured; each is valid.</param>
internal sealed record ListenUrls(IReadOnlyList<string> All)
{
    public IEnumerable<ListenAddress> Addresses => All.Select(ListenAddress.Parse);

    /// <summary>Whether this server terminates TLS; otherwise a proxy in front does.</summary>
    public bool HasHttps => Addresses.Any(address => address.IsHttps);
}

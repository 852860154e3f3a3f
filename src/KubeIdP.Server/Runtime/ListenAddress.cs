using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using KubeIdP.Core.Network;

namespace KubeIdP.Server.Runtime;

/// <summary>One entry of <see cref="ListenUrls"/>.</summary>
/// <param name="Host">localhost, an IP address without brackets, or * for every address.</param>
internal sealed partial record ListenAddress(bool IsHttps, string Host, int Port)
{
    /// <summary>The address to bind; null for localhost (both loopbacks) and for *.</summary>
    public IPAddress? Address => IPAddress.TryParse(Host, out var address) ? address : null;

    public bool IsWildcard => Host == "*" || Address is { } address && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));

    /// <summary>The addresses that it occupies when it is bound; a socket for all IPv6 addresses also occupies those of IPv4.</summary>
    private IEnumerable<AddressRange> Taken => Host switch
    {
        "localhost" => Ranges("127.0.0.1", "::1"),
        "*" or "::" => Ranges("0.0.0.0/0", "::/0"),
        "0.0.0.0" => Ranges("0.0.0.0/0"),
        _ => Ranges(Host),
    };

    /// <summary>Whether a process can't listen on both, because they share the port and an address.</summary>
    public bool Overlaps(ListenAddress other) =>
        Port == other.Port && Taken.Any(mine => other.Taken.Any(theirs => mine.Contains(theirs) || theirs.Contains(mine)));

    public static ListenAddress Parse(string url) =>
        TryParse(url, out var address) ? address : throw new FormatException($"\"{url}\" is not an address to listen on.");

    public static bool TryParse(string url, [NotNullWhen(true)] out ListenAddress? address)
    {
        address = null;
        var parts = Shape().Match(url);
        if (!parts.Success) return false;

        var host = parts.Groups["host"].Value.Trim('[', ']');
        var port = int.Parse(parts.Groups["port"].ValueSpan, CultureInfo.InvariantCulture);
        if (port is 0 or > ushort.MaxValue) return false;
        if (host is not ("localhost" or "*"))
        {
            if (AddressRange.Parse(host) is not { } own) return false;
            host = own.ToString();
        }

        address = new(parts.Groups["scheme"].Value == "https", host, port);
        return true;
    }

    private static IEnumerable<AddressRange> Ranges(params string[] texts) => texts.Select(text => AddressRange.Parse(text)!.Value);

    [GeneratedRegex(@"\A(?<scheme>https?)://(?<host>localhost|\*|[0-9.]+|\[[0-9A-Fa-f:.]+\]):(?<port>[0-9]{1,5})\z")]
    private static partial Regex Shape();
}

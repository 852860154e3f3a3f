using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KubeIdP.Core.Network;

/// <summary>
/// An IP address, or all of a network (RFC 4632), in the one form in which addresses are stored, compared, counted and shown: IPv4 as such
/// also where IPv6 carries it (<c>::ffff:192.0.2.7</c>, RFC 4291 §2.5.5.2), without a zone (RFC 4007 §11, which names an interface of one
/// machine), written as RFC 5952 has it.
/// </summary>
public readonly record struct AddressRange
{
    private const int IPv4Bits = 32;
    private const int IPv6Bits = 128;
    private const int MappedBits = IPv6Bits - IPv4Bits;

    private AddressRange(IPNetwork network) => Network = network;

    public IPNetwork Network { get; }

    /// <summary>Whether it is one address.</summary>
    public bool IsSingle => Network.PrefixLength == BitsOf(Network.BaseAddress);

    /// <summary>The canonical form of an address.</summary>
    public static IPAddress Canonical(IPAddress address) =>
        address.IsIPv4MappedToIPv6
            ? address.MapToIPv4()
            : address is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 }
            ? new IPAddress(address.GetAddressBytes())
            : address;

    /// <summary>
    /// Whom to count an address as. IPv6 hands every customer at least a /64: counting single addresses would count nothing.
    /// </summary>
    public static AddressRange CountedAs(IPAddress address) =>
        Canonical(address) is { AddressFamily: AddressFamily.InterNetworkV6 } plain ? Of(plain, 64) : Of(Canonical(address), IPv4Bits);

    /// <summary>
    /// Reads what somebody typed: an address in any spelling, in brackets or not, or a network as address/length, of which bits behind the
    /// length don't count. Null for anything else. The four numbers of IPv4 are decimal, also with zeros before them; fewer than four,
    /// octal and hexadecimal ones have several readings (RFC 6943 §3.1.1) and are none.
    /// </summary>
    public static AddressRange? Parse(string text)
    {
        var parts = text.Trim().Split('/');
        if (parts.Length > 2 || AddressOf(parts[0]) is not { } address) return null;

        var bits = BitsOf(address);
        var length = bits;
        if (parts is [_, var given] && (!int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > bits))
            return null;
        if (!address.IsIPv4MappedToIPv6) return Of(address, length);
        return length >= MappedBits ? Of(address.MapToIPv4(), length - MappedBits) : null;
    }

    public bool Contains(IPAddress address) => Network.Contains(Canonical(address));

    /// <summary>Whether all of another is in this one.</summary>
    public bool Contains(AddressRange other) =>
        Network.PrefixLength <= other.Network.PrefixLength && Network.Contains(other.Network.BaseAddress);

    public override string ToString() => IsSingle ? Network.BaseAddress.ToString() : Network.ToString();

    private static AddressRange Of(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++) bytes[i] &= (byte)~(0xFF >> Math.Clamp(length - (i * 8), 0, 8));
        return new AddressRange(new IPNetwork(new IPAddress(bytes), length));
    }

    private static int BitsOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? IPv6Bits : IPv4Bits;

    private static IPAddress? AddressOf(string text)
    {
        if (text is ['[', .. var inner, ']']) text = inner;
        if (text.Contains(':', StringComparison.Ordinal) && text.IndexOf('%', StringComparison.Ordinal) is > 0 and var zone
            && zone < text.Length - 1)
            text = text[..zone];

        var last = text.LastIndexOf(':') + 1;
        if (text.AsSpan(last).Contains('.'))
        {
            if (PlainQuad(text[last..]) is not { } plain) return null;
            text = text[..last] + plain;
        }
        else if (last == 0)
        {
            return null;
        }

        return text.All(letter => char.IsAsciiHexDigit(letter) || letter is ':' or '.') && IPAddress.TryParse(text, out var address)
            ? address
            : null;
    }

    /// <summary>Four numbers without zeros before them, which the framework would take for octal; null when it is anything else.</summary>
    private static string? PlainQuad(string text)
    {
        var numbers = text.Split('.')
            .Select(part => part.Length is > 0 and <= 3
            && byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (byte?)null).ToList();
        return numbers.Count == 4 && numbers.TrueForAll(number => number is not null) ? string.Join('.', numbers) : null;
    }
}

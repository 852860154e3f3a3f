using System.Formats.Asn1;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using System.Security.Cryptography.X509Certificates;

namespace KubeIdP.Server.Tls;

/// <summary>
/// What the server's own certificate authority may sign for (RFC 5280 §4.2.1.10). People trust it system-wide, so without constraints
/// anybody with its key could impersonate any web site to them.
/// </summary>
internal static class NameConstraints
{
    private const string Oid = "2.5.29.30";

    private static readonly Asn1Tag Permitted = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag Excluded = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag DnsName = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag IpAddress = new(TagClass.ContextSpecific, 7);

    // Addresses that are not public: loopback (RFC 1122, RFC 4291) and private ones (RFC 1918, RFC 4193).
    private static readonly IPNetwork[] Private =
    [
        IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("::1/128"), IPNetwork.Parse("fc00::/7"),
    ];

    /// <summary>
    /// Permits these names and addresses, localhost, this machine's name, loopback and private addresses, and nothing else; for a
    /// single-label name, no names below it.
    /// </summary>
    public static X509Extension For(IEnumerable<string> names)
    {
        var (hosts, networks) = (new SortedSet<string>(StringComparer.OrdinalIgnoreCase) { "localhost" }, Private.ToList());
        foreach (var name in names)
        {
            if (!IPAddress.TryParse(name, out var address)) hosts.Add(name);
            else if (!networks.Any(network => network.Contains(address)))
                networks.Add(new IPNetwork(address, address.AddressFamily is AddressFamily.InterNetwork ? 32 : 128));
        }

        // The machine's name may not be allowed in a certificate, or may be the top-level domain of the issuer.
        if (Dns.GetHostName() is var machine && Uri.CheckHostName(machine) is UriHostNameType.Dns && machine.All(char.IsAscii)
            && !(IsOneWord(machine) && IsAbove(machine, hosts)))
            hosts.Add(machine);

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence(Permitted))
            {
                foreach (var host in hosts) WriteDnsName(writer, host);
                foreach (var network in networks)
                {
                    using (writer.PushSequence()) writer.WriteOctetString(BytesOf(network), IpAddress);
                }
            }

            // A permitted name also permits all names below it.
            string[] alone = [.. hosts.Where(host => host != "localhost" && IsOneWord(host) && !IsAbove(host, hosts))];
            if (alone.Length > 0)
            {
                using (writer.PushSequence(Excluded))
                {
                    foreach (var host in alone) WriteDnsName(writer, $".{host}");
                }
            }
        }

        return new X509Extension(Oid, writer.Encode(), critical: true);
    }

    /// <summary>
    /// Whether the authority may sign for the name, as verifiers decide it. An authority without constraints was not created by this
    /// server.
    /// </summary>
    public static bool Permit(X509Certificate2 authority, string name)
    {
        if (authority.Extensions[Oid] is not { } constraints) return false;

        try
        {
            var address = IPAddress.TryParse(name, out var parsed) ? parsed : null;
            var both = new AsnReader(constraints.RawData, AsnEncodingRules.DER).ReadSequence();
            var subtrees = both.ReadSequence(Permitted);
            if (both.HasData && IsExcluded(both.ReadSequence(Excluded), name)) return false;

            while (subtrees.HasData)
            {
                var subtree = subtrees.ReadSequence();
                var tag = subtree.PeekTag();
                if (address is null && tag.HasSameClassAndValue(DnsName)
                    && Holds(subtree.ReadCharacterString(UniversalTagNumber.IA5String, DnsName), name))
                    return true;
                if (address is not null && tag.HasSameClassAndValue(IpAddress)
                    && NetworkOf(subtree.ReadOctetString(IpAddress)).Contains(address))
                    return true;
            }

            return false;
        }
        catch (Exception fault) when (fault is AsnContentException or ArgumentException)
        {
            return false;
        }
    }

    private static bool IsExcluded(AsnReader subtrees, string name)
    {
        while (subtrees.HasData)
        {
            if (name.EndsWith(subtrees.ReadSequence().ReadCharacterString(UniversalTagNumber.IA5String, DnsName),
                StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private static bool Holds(string host, string name) => name.Equals(host, StringComparison.OrdinalIgnoreCase) || IsAbove(host, [name]);

    private static bool IsAbove(string host, IEnumerable<string> names) =>
        names.Any(name => name.EndsWith($".{host}", StringComparison.OrdinalIgnoreCase));

    // A single-label name such as "dev" or "cloud", which may be a top-level domain: those consist of letters only (RFC 1123 §2.1).
    private static bool IsOneWord(string host) => host.All(char.IsAsciiLetter);

    private static void WriteDnsName(AsnWriter writer, string name)
    {
        using (writer.PushSequence()) writer.WriteCharacterString(UniversalTagNumber.IA5String, name, DnsName);
    }

    /// <summary>The address, then its mask.</summary>
    private static byte[] BytesOf(IPNetwork network)
    {
        var address = network.BaseAddress.GetAddressBytes();
        var mask = new byte[address.Length];
        for (var bit = 0; bit < network.PrefixLength; bit++) mask[bit / 8] |= (byte)(0x80 >> (bit % 8));
        return [.. address, .. mask];
    }

    private static IPNetwork NetworkOf(byte[] bytes) =>
        new(new IPAddress(bytes.AsSpan(0, bytes.Length / 2)), bytes.Skip(bytes.Length / 2).Sum(part => BitOperations.PopCount(part)));
}

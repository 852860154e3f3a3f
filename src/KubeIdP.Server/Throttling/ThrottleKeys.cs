using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Throttling;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Throttling;

/// <summary>
/// Assigns buckets to accounts and addresses: the same on every replica and in every version, and unpredictable without the master key.
/// Otherwise an attacker could find a name or address that shares the bucket of a person, and delay that person.
/// </summary>
internal sealed class ThrottleKeys(MasterKey masterKey)
{
    private readonly byte[] secret = masterKey.DeriveKey("guess buckets");

    // Each kind has its own buckets, so that an attacker with many addresses can only fill the counters of addresses. Their order is the
    // order in which they are locked.
    private enum Kind
    {
        Account,
        Marker,
        Address,
        Spray,
        Browser,
        LockOut,
        SetupLink,
        Recent,
        DeviceCode,
        DeviceCodeAddress,
    }

    public ThrottleKey For(TriedAccount account, IPAddress? address)
    {
        var network = RequestInfo.NetworkOf(address);
        var who = account.UpstreamId is { } id ? ById(account.Connector, id) : ByName(account.Connector, account.Name);

        // Two connectors may lead to the same directory, in which the id identifies the account.
        var locked = account.UpstreamId ?? who;
        return new ThrottleKey(
            BucketOf(Kind.Account, $"{network}\n{who}"), BucketOf(Kind.Address, network), BucketOf(Kind.Spray, network),
            BucketOf(Kind.LockOut, locked), BucketOf(Kind.Recent, locked), BucketOf(Kind.Marker, who));
    }

    public int OfAddress(IPAddress? address) => BucketOf(Kind.Address, RequestInfo.NetworkOf(address));

    /// <summary>The attempts of one known browser at one person.</summary>
    public int BucketOf(KnownBrowser browser) => BucketOf(Kind.Browser, $"{browser.Id}\n{browser.PersonId}");

    /// <summary>The codes of other machines that a person types, in whatever session, and those that are typed in one network.</summary>
    public (int Person, int Address) OfDeviceCodes(PersonId personId, IPAddress? address) =>
        (BucketOf(Kind.DeviceCode, personId), BucketOf(Kind.DeviceCodeAddress, RequestInfo.NetworkOf(address)));

    public int OfSetupLink(byte[] linkHash) => BucketOf(Kind.SetupLink, Convert.ToHexStringLower(linkHash));

    /// <summary>
    /// Both markers of an account: that of the account that was found, and that of its name, for upstreams that identify a person only by
    /// the password.
    /// </summary>
    public IReadOnlyList<int> MarkersOf(ConnectorId connector, string upstreamId, string username) =>
        [BucketOf(Kind.Marker, ById(connector, upstreamId)), BucketOf(Kind.Marker, ByName(connector, username))];

    private static string ById(ConnectorId connector, string id) => $"{connector}\nid\n{id}";

    private static string ByName(ConnectorId connector, string name) => $"{connector}\nname\n{ComparedName.Of(name)}";

    private int BucketOf(Kind kind, string name) => ((int)kind * FailureCounter.Buckets)
        + (int)(BinaryPrimitives.ReadUInt32BigEndian(
            HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{kind}\n{name}"))) % FailureCounter.Buckets);
}

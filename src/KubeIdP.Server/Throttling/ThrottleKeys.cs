using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Throttling;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Throttling;

/// <summary>Where a try is counted.</summary>
/// <param name="Account">The account as seen from one network.</param>
/// <param name="Address">That network alone.</param>
/// <param name="Spray">The accounts at which that network fails.</param>
/// <param name="LockOut">What reaches the account's upstream, wherever it comes from.</param>
/// <param name="Recent">The latest of these, which the upstream's own count may not have yet.</param>
/// <param name="Marker">By which an administrator has the account's failures forgotten, wherever they came from.</param>
internal sealed record ThrottleKey(int Account, int Address, int Spray, int LockOut, int Recent, int Marker);

/// <summary>
/// Gives accounts and addresses their buckets: the same on every replica and in every version, and not to be foreseen without the master key. Else somebody
/// could look for a name, or an address, that shares the bucket of a person whom they want delayed.
/// </summary>
internal sealed class ThrottleKeys(MasterKey masterKey)
{
    private readonly byte[] secret = masterKey.DeriveKey("guess buckets");

    // Each has buckets of its own, so that however many addresses somebody has, they fill no counter but those of addresses. The order is that of taking them.
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
    }

    public ThrottleKey For(TriedAccount account, IPAddress? address)
    {
        var network = RequestInfo.NetworkOf(address);
        var who = account.UpstreamId is { } id ? ById(account.Connector, id) : ByName(account.Connector, account.Name);

        // Two connectors may lead to one directory, in which an id is an account's own.
        var locked = account.UpstreamId ?? who;
        return new ThrottleKey(
            BucketOf(Kind.Account, $"{network}\n{who}"), BucketOf(Kind.Address, network), BucketOf(Kind.Spray, network), BucketOf(Kind.LockOut, locked), BucketOf(Kind.Recent, locked), BucketOf(Kind.Marker, who));
    }

    public int OfAddress(IPAddress? address) => BucketOf(Kind.Address, RequestInfo.NetworkOf(address));

    /// <summary>The tries of one known browser at one person.</summary>
    public int BucketOf(KnownBrowser browser) => BucketOf(Kind.Browser, $"{browser.Id}\n{browser.PersonId}");

    public int OfSetupLink(byte[] linkHash) => BucketOf(Kind.SetupLink, Convert.ToHexStringLower(linkHash));

    /// <summary>Both under which an account may have been tried: as the one that was found, and by its name where only the password tells who it is.</summary>
    public IReadOnlyList<int> MarkersOf(ConnectorId connector, string upstreamId, string username) =>
        [BucketOf(Kind.Marker, ById(connector, upstreamId)), BucketOf(Kind.Marker, ByName(connector, username))];

    private static string ById(ConnectorId connector, string id) => $"{connector}\nid\n{id}";

    private static string ByName(ConnectorId connector, string name) => $"{connector}\nname\n{ComparedName.Of(name)}";

    private int BucketOf(Kind kind, string name) => ((int)kind * FailureCounter.Buckets)
        + (int)(BinaryPrimitives.ReadUInt32BigEndian(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{kind}\n{name}"))) % FailureCounter.Buckets);
}

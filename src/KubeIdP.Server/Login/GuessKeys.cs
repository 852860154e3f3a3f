using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using KubeIdP.Core.Naming;
using KubeIdP.Data.Guessing;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Hosting;
using KubeIdP.Server.Issuer;

namespace KubeIdP.Server.Login;

/// <summary>Where a try is counted.</summary>
/// <param name="Account">The account as seen from one network.</param>
/// <param name="Address">That network alone.</param>
/// <param name="Marker">By which an administrator has the account's failures forgotten, wherever they came from.</param>
internal sealed record GuessKey(int Account, int Address, int Marker);

/// <summary>
/// Gives names and addresses their buckets: the same on every replica and in every version, and not to be foreseen without the master key. Else somebody
/// could look for a name, or an address, that shares the bucket of a person whom they want delayed.
/// </summary>
internal sealed class GuessKeys(MasterKey masterKey)
{
    private readonly byte[] secret = masterKey.DeriveKey("guess buckets");

    public GuessKey For(string username, IPAddress? address)
    {
        var network = RequestFacts.NetworkOf(address);
        return new GuessKey(BucketOf($"account\n{network}\n{SpellingOf(username)}"), BucketOf($"address\n{network}"), MarkerOf(username));
    }

    /// <summary>The tries of one known browser at one person.</summary>
    public int BucketOf(KnownBrowser browser) => BucketOf($"browser\n{browser.Id}\n{browser.PersonId}");

    public int MarkerOf(string username) => FailureCounter.Buckets + BucketOf($"marker\n{SpellingOf(username)}");

    // Spellings that open the same account count together.
    private static string SpellingOf(string username) => UserName.Normalize(username);

    private int BucketOf(string name) =>
        (int)(BinaryPrimitives.ReadUInt32BigEndian(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(name))) % FailureCounter.Buckets);
}

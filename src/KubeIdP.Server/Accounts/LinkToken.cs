using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace KubeIdP.Server.Accounts;

/// <summary>The token in a link that stands for a person: 256 random bits, of which the database knows the hash.</summary>
internal static class LinkToken
{
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}

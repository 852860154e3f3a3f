using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace KubeIdP.Server.Accounts;

/// <summary>The secret token in an invitation or setup link: 256 random bits. The database has only its hash.</summary>
internal static class LinkToken
{
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}

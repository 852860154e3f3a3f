using System.Security.Cryptography;
using System.Text;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.DeviceCode;

/// <summary>
/// The codes that people type (RFC 8628 §6.1): eight consonants, which form no words and are not mistaken for digits; there are 20^8, 34
/// bits. The database has only their keyed hash: 34 bits would soon be found by trying.
/// </summary>
internal sealed class UserCode(MasterKey masterKey)
{
    private const string Letters = "BCDFGHJKLMNPQRSTVWXZ";
    private const int Length = 8;

    private readonly byte[] key = masterKey.DeriveKey("device user codes");

    public static string Create() => RandomNumberGenerator.GetString(Letters, Length);

    /// <summary>A typed code without dash and in capitals; null if it can't be one.</summary>
    public static string? Parse(string? typed) =>
        TypedCode.Normalize(typed) is { Length: Length } code && code.All(Letters.Contains) ? code : null;

    /// <summary>As terminals and pages show it: <c>WDJB-MJHT</c>.</summary>
    public static string Show(string code) => $"{code[..4]}-{code[4..]}";

    public byte[] HashOf(string code) => HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(code));
}

using System.Security.Cryptography;
using System.Text;
using KubeIdP.Server.Web;
using OtpNet;

namespace KubeIdP.Server.Factors.Totp;

/// <summary>
/// Time-based one-time passwords (RFC 6238) with the parameters that every authenticator app supports: SHA-1, six digits, 30 seconds.
/// </summary>
internal static class TotpCodes
{
    public const int Digits = 6;
    public const int StepSeconds = 30;

    /// <summary>In characters, escaped.</summary>
    private const int MaxAccount = 600;

    // RFC 4226 §4 R6 recommends 160 bits.
    private const int SecretBytes = 20;

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretBytes);

    public static string ToBase32(byte[] secret) => Base32Encoding.ToString(secret).TrimEnd('=');

    public static byte[] FromBase32(string secret) => Base32Encoding.ToBytes(secret);

    /// <summary>
    /// The time step of the code: the present one, the previous or the next one, because clocks differ and people type slowly (RFC 6238
    /// §5.2). Null when the code matches none of them.
    /// </summary>
    public static long? MatchedStep(byte[] secret, string? typed, DateTimeOffset now)
    {
        var code = Encoding.ASCII.GetBytes(TypedCode.Normalize(typed));
        var generator = new OtpNet.Totp(secret, StepSeconds, OtpHashMode.Sha1, Digits);
        var present = now.ToUnixTimeSeconds() / StepSeconds;

        // All three are computed and compared in full, so that the time reveals nothing about a guess. The latest match wins, because using
        // it up also uses up the earlier ones.
        long? matched = null;
        for (var step = present - 1; step <= present + 1; step++)
        {
            var expected = generator.ComputeTotp(DateTimeOffset.FromUnixTimeSeconds(step * StepSeconds).UtcDateTime);
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), code)) matched = step;
        }

        return matched;
    }

    /// <summary>What an authenticator app reads from the QR code.</summary>
    public static string ProvisioningUri(TotpLabel label, string username, string secret)
    {
        var issuer = Uri.EscapeDataString(label.Issuer);
        return $"otpauth://totp/{issuer}:{AccountOf(username)}"
            + $"?secret={secret}&issuer={issuer}&algorithm=SHA1&digits={Digits}&period={StepSeconds}";
    }

    // The capacity of a QR code and the width of an app's screen are limited: the rest of a very long name is cut off.
    private static string AccountOf(string username)
    {
        var account = new StringBuilder();
        foreach (var rune in username.EnumerateRunes())
        {
            var escaped = Uri.EscapeDataString(rune.ToString());
            if (account.Length + escaped.Length > MaxAccount) break;

            account.Append(escaped);
        }

        return account.ToString();
    }
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace KubeIdP.Cli.SignIn;

/// <summary>
/// The assertion with which a service signs in (RFC 7523 §2.2): a JWT of one minute, signed by its private key with ES256 for a key on
/// P-256, or PS256 for an RSA key (RFC 7518 §3.4, §3.5). It is written here because the libraries for JWTs need reflection.
/// </summary>
internal static class ClientAssertion
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    /// <param name="pem">The private key. Throws <see cref="CommandFault"/> if there is none that can be used.</param>
    /// <param name="clientId">Of the service.</param>
    /// <param name="issuer">For whom it is.</param>
    /// <param name="now">When it is made.</param>
    public static string Of(string pem, string clientId, string issuer, DateTimeOffset now)
    {
        using var elliptic = Import(ECDsa.Create(), pem);
        if (elliptic is { KeySize: 256 })
        {
            return Signed("ES256", clientId, issuer, now, text => elliptic.SignData(text, HashAlgorithmName.SHA256));
        }

        using var rsa = Import(RSA.Create(), pem);
        return rsa is not null
            ? Signed("PS256", clientId, issuer, now, text => rsa.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pss))
            : throw new CommandFault("--key contains no P-256 or RSA private key.");
    }

    private static string Signed(string algorithm, string clientId, string issuer, DateTimeOffset now, Func<byte[], byte[]> sign)
    {
        var header = new JsonObject { ["alg"] = algorithm, ["typ"] = "client-authentication+jwt" };
        var claims = new JsonObject
        {
            ["iss"] = clientId, ["sub"] = clientId, ["aud"] = issuer,
            ["jti"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
            ["iat"] = now.ToUnixTimeSeconds(), ["exp"] = (now + Lifetime).ToUnixTimeSeconds(),
        };
        var text = $"{Encoded(header)}.{Encoded(claims)}";
        return $"{text}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(text)))}";
    }

    private static string Encoded(JsonObject json) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));

    /// <summary>Null if the text has no private key of this kind.</summary>
    private static T? Import<T>(T key, string pem)
        where T : AsymmetricAlgorithm
    {
        try
        {
            key.ImportFromPem(pem);

            // A public key would only be noticed by an error that says nothing.
            _ = key.ExportPkcs8PrivateKey();
            return key;
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            key.Dispose();
            return null;
        }
    }
}

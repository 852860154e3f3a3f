using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace KubeIdP.Server.Clients;

/// <summary>
/// The public keys with which a service authenticates (RFC 7523): one or more in PEM, so that a new key can be added before the old one is
/// removed.
/// </summary>
internal static class ServiceKeys
{
    private const int MinRsaBits = 2048;

    /// <summary>Read for each client assertion, so that keys can be replaced while the server runs.</summary>
    /// <exception cref="CryptographicException">The file contains no such key, or one that is too weak.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It can't be read.</exception>
    public static JsonWebKeySet Load(string path)
    {
        var set = new JsonWebKeySet();
        foreach (var pem in Split(File.ReadAllText(path))) set.Keys.Add(Parse(pem));
        return set.Keys.Count > 0 ? set : throw new CryptographicException("It contains no public key.");
    }

    private static IEnumerable<string> Split(string text)
    {
        while (PemEncoding.TryFind(text, out var fields))
        {
            if (text[fields.Label] is not "PUBLIC KEY")
                throw new CryptographicException($"It contains a {text[fields.Label]} instead of a PUBLIC KEY.");
            yield return text[fields.Location];
            text = text[fields.Location.End..];
        }
    }

    // As plain numbers, because a key object would have to be disposed of once nobody uses it.
    private static JsonWebKey Parse(string pem)
    {
        try
        {
            using var elliptic = ECDsa.Create();
            elliptic.ImportFromPem(pem);
            var numbers = elliptic.ExportParameters(includePrivateParameters: false);
            if (numbers.Curve.Oid.Value != ECCurve.NamedCurves.nistP256.Oid.Value) throw new NotSupportedException();
            return Named(new JsonWebKey
            {
                Kty = JsonWebAlgorithmsKeyTypes.EllipticCurve, Crv = JsonWebKeyECTypes.P256, X = Base64UrlEncoder.Encode(numbers.Q.X),
                    Y = Base64UrlEncoder.Encode(numbers.Q.Y),
            });
        }
        catch (NotSupportedException)
        {
            throw new CryptographicException("An elliptic-curve key must be on the curve P-256.");
        }
        catch (CryptographicException)
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            if (rsa.KeySize < MinRsaBits) throw new CryptographicException($"An RSA key must have at least {MinRsaBits} bits.");
            return Named(
                JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(rsa.ExportParameters(includePrivateParameters: false))));
        }
    }

    private static JsonWebKey Named(JsonWebKey key)
    {
        key.Use = JsonWebKeyUseNames.Sig;
        key.KeyId = Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());
        return key;
    }
}

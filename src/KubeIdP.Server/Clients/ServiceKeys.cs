using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace KubeIdP.Server.Clients;

/// <summary>The public keys by which a service proves who it is (RFC 7523): PEM, one after the other, so that a new one can stand beside the old one.</summary>
internal static class ServiceKeys
{
    private const int LeastRsaBits = 2048;

    /// <summary>Read for each proof, so that keys can be replaced while the server runs.</summary>
    /// <exception cref="CryptographicException">The file holds no such key, or one that is too weak.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It can't be read.</exception>
    public static JsonWebKeySet Load(string path)
    {
        var set = new JsonWebKeySet();
        foreach (var pem in Split(File.ReadAllText(path))) set.Keys.Add(Parse(pem));
        return set.Keys.Count > 0 ? set : throw new CryptographicException("It holds no public key.");
    }

    private static IEnumerable<string> Split(string text)
    {
        while (PemEncoding.TryFind(text, out var fields))
        {
            if (text[fields.Label] is not "PUBLIC KEY") throw new CryptographicException($"It holds a {text[fields.Label]}, where a PUBLIC KEY belongs.");
            yield return text[fields.Location];
            text = text[fields.Location.End..];
        }
    }

    // Their numbers alone: a key object would have to be disposed of when nobody verifies by it any more.
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
                Kty = JsonWebAlgorithmsKeyTypes.EllipticCurve, Crv = JsonWebKeyECTypes.P256, X = Base64UrlEncoder.Encode(numbers.Q.X), Y = Base64UrlEncoder.Encode(numbers.Q.Y),
            });
        }
        catch (NotSupportedException)
        {
            throw new CryptographicException("An elliptic key is of the curve P-256.");
        }
        catch (CryptographicException)
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            if (rsa.KeySize < LeastRsaBits) throw new CryptographicException($"An RSA key has at least {LeastRsaBits} bits.");
            return Named(JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(rsa.ExportParameters(includePrivateParameters: false))));
        }
    }

    private static JsonWebKey Named(JsonWebKey key)
    {
        key.Use = JsonWebKeyUseNames.Sig;
        key.KeyId = Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());
        return key;
    }
}

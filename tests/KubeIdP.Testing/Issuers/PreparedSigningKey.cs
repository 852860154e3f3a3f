using System.Security.Cryptography;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Keys;
using KubeIdP.Server.Keys;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace KubeIdP.Testing.Issuers;

/// <summary>
/// The RSA key of every issuer in memory whose test does not care which it is: to find one takes a quarter of a second of processor time.
/// It is stored as the product stores its own, wrapped by the issuer's own master key.
/// </summary>
internal static class PreparedSigningKey
{
    private static readonly Lazy<(string KeyId, byte[] Private)> Rs256 = new(Make);

    /// <summary>Does nothing when there is a key already.</summary>
    public static async Task InsertAsync(IServiceProvider services, CancellationToken ct)
    {
        var (keyId, secret) = Rs256.Value;
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var wrapped = services.GetRequiredService<MasterKey>().Wrap(secret, SigningKeys.PurposeOf(keyId));
        var row = new SigningKey { Algorithm = $"{SigningAlgorithm.RS256}", Sequence = 1, KeyId = keyId, WrappedPrivateKey = wrapped,
            CreatedAt = now, SignsFrom = now };
        await services.GetRequiredService<SigningKeyStore>().InsertAsync(row, retireOthers: false, Actor.Issuer, ct);
    }

    private static (string, byte[]) Make()
    {
        using var key = RSA.Create(2048);
        return (Base64UrlEncoder.Encode(new RsaSecurityKey(key).ComputeJwkThumbprint()), key.ExportPkcs8PrivateKey());
    }
}

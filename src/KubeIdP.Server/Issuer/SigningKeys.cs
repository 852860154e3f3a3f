using System.Security.Cryptography;
using KubeIdP.Data.Keys;
using Microsoft.IdentityModel.Tokens;

namespace KubeIdP.Server.Issuer;

/// <summary>The keys that sign ID tokens, the same on every replica and after every restart.</summary>
internal sealed class SigningKeys
{
    private Ring ring = new([]);

    /// <summary>Everything that the JWKS publishes, RS256 first.</summary>
    public IReadOnlyList<SigningCredentials> All => ring.All;

    public SigningCredentials For(SigningAlgorithm algorithm) => ring.Signing[algorithm];

    /// <summary>
    /// Reads the keys, after making the first of each algorithm where there is none. Replicas that do so at once collide on its row: one wins, and all
    /// read what it wrote. Throws <see cref="CryptographicException"/> when the master key isn't the one that wrapped them.
    /// </summary>
    public async Task LoadOrCreateAsync(SigningKeyStore store, MasterKey masterKey, TimeProvider clock, CancellationToken ct)
    {
        var rows = await store.ListAsync(ct);
        var missing = Enum.GetValues<SigningAlgorithm>().Where(algorithm => rows.All(row => row.Algorithm != $"{algorithm}")).ToList();
        foreach (var algorithm in missing)
            await store.InsertAsync(Make(algorithm, masterKey, clock.GetUtcNow()), ct);
        if (missing.Count > 0) rows = await store.ListAsync(ct);

        ring = new Ring([.. rows.Select(row => (Enum.Parse<SigningAlgorithm>(row.Algorithm), Open(row, masterKey))).OrderBy(key => key.Item1)]);
    }

    private static SigningKey Make(SigningAlgorithm algorithm, MasterKey masterKey, DateTimeOffset now)
    {
        using AsymmetricAlgorithm key = algorithm == SigningAlgorithm.RS256 ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var keyId = Thumbprint(SecurityKeyOf(key));
        var secret = key.ExportPkcs8PrivateKey();
        var wrapped = masterKey.Wrap(secret, PurposeOf(keyId));
        CryptographicOperations.ZeroMemory(secret);
        return new SigningKey { Algorithm = $"{algorithm}", Sequence = 1, KeyId = keyId, WrappedPrivateKey = wrapped, CreatedAt = now };
    }

    private static SigningCredentials Open(SigningKey row, MasterKey masterKey)
    {
        AsymmetricAlgorithm key = Enum.Parse<SigningAlgorithm>(row.Algorithm) == SigningAlgorithm.RS256 ? RSA.Create() : ECDsa.Create();
        var secret = masterKey.Unwrap(row.WrappedPrivateKey, PurposeOf(row.KeyId));
        key.ImportPkcs8PrivateKey(secret, out _);
        CryptographicOperations.ZeroMemory(secret);

        var securityKey = SecurityKeyOf(key);
        securityKey.KeyId = row.KeyId;
        return new SigningCredentials(securityKey, row.Algorithm);
    }

    private static SecurityKey SecurityKeyOf(AsymmetricAlgorithm key) => key is RSA rsa ? new RsaSecurityKey(rsa) : new ECDsaSecurityKey((ECDsa)key);

    // RFC 7638: anybody can compute it from the public key, so two keys never share one.
    private static string Thumbprint(SecurityKey key) => Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());

    private static string PurposeOf(string keyId) => $"signing-key:{keyId}";

    private sealed class Ring(IReadOnlyList<(SigningAlgorithm Algorithm, SigningCredentials Credentials)> keys)
    {
        public IReadOnlyList<SigningCredentials> All { get; } = [.. keys.Select(key => key.Credentials)];

        // The oldest signs: a replica that is being rolled out publishes the next one before the others know of it.
        public Dictionary<SigningAlgorithm, SigningCredentials> Signing { get; } =
            keys.GroupBy(key => key.Algorithm).ToDictionary(group => group.Key, group => group.First().Credentials);
    }
}

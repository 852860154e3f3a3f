using System.Security.Cryptography;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Keys;
using Microsoft.IdentityModel.Tokens;

namespace KubeIdP.Server.Keys;

/// <summary>
/// The keys that sign ID tokens, the same on every replica and after every restart. Which of them signs now follows from their rows and the
/// clock (<see cref="KeySchedule"/>), so replicas need not agree on anything else.
/// </summary>
internal sealed class SigningKeys(SigningKeyStore store, MasterKey masterKey, TimeProvider clock)
{
    private volatile Ring ring = new([], []);

    /// <summary>
    /// Raised when <see cref="Published"/> or <see cref="Accepted"/> has changed. The handlers must have published the change when they
    /// return.
    /// </summary>
    public event Action? Changed;

    /// <summary>All keys in the JWKS: RS256 first, and for each algorithm the current key first.</summary>
    public IReadOnlyList<SigningCredentials> Published => ring.Published;

    /// <summary>All keys that validate ID tokens of this issuer, including those that are no longer published.</summary>
    public IReadOnlyList<SecurityKey> Accepted => ring.Accepted;

    /// <summary>The keys that sign now, one per algorithm.</summary>
    public IEnumerable<HeldKey> InUse => Enum.GetValues<SigningAlgorithm>().Select(InUseFor).OfType<HeldKey>();

    /// <summary>All keys with their current states, by algorithm and then from the first to the last.</summary>
    public IReadOnlyList<(HeldKey Key, KeyState State)> All => ring.StatesAt(clock.GetUtcNow());

    /// <summary>Throws if there is none, which the start would have detected.</summary>
    public SigningCredentials For(SigningAlgorithm algorithm) =>
        InUseFor(algorithm)?.Credentials ?? throw new InvalidOperationException($"There is no key for signing with {algorithm}.");

    public bool Has(SigningAlgorithm algorithm) => InUseFor(algorithm) is not null;

    /// <summary>
    /// Reads the keys, after creating the first of each algorithm if there is none. If several replicas do so at once, the unique row lets
    /// one succeed, and all read its key. Throws <see cref="CryptographicException"/> if another master key wrapped them.
    /// </summary>
    public async Task LoadOrCreateAsync(CancellationToken ct)
    {
        await ReloadAsync(ct);
        foreach (var algorithm in Enum.GetValues<SigningAlgorithm>().Where(algorithm => ring.Of(algorithm).Length == 0).ToList())
            await AddAsync(algorithm, signsFrom: clock.GetUtcNow(), retireOthers: false, Actor.Issuer, ct);
        await ReloadAsync(ct);
    }

    /// <summary>Reads the rows again. Known keys keep their objects, because verifiers and signers are cached by them.</summary>
    /// <exception cref="CryptographicException">A key can't be decrypted; the keys that were loaded before stay in use.</exception>
    public async Task ReloadAsync(CancellationToken ct)
    {
        var rows = await store.ListAsync(ct);
        var known = ring.Keys.ToDictionary(key => key.KeyId, StringComparer.Ordinal);
        var keys = rows.Select(row => known.TryGetValue(row.KeyId, out var held) && held.Times.CanSign == (row.WrappedPrivateKey.Length > 0)
            ? held with { Times = TimesOf(row) }
            : Open(row));
        Hold([.. keys.OrderBy(key => key.Algorithm).ThenBy(key => key.Sequence)]);
    }

    /// <summary>
    /// Does what is due: creates the next key, on whichever replica is first, and deletes the private key of keys that will never sign
    /// again.
    /// </summary>
    public async Task DoWhatIsDueAsync(CancellationToken ct)
    {
        await ReloadAsync(ct);
        var now = clock.GetUtcNow();
        var due = Enum.GetValues<SigningAlgorithm>()
            .Where(algorithm => KeySchedule.IsNextDue([.. ring.Of(algorithm).Select(key => key.Times)], now)).ToList();
        foreach (var algorithm in due)
            await AddAsync(algorithm, Has(algorithm) ? now + KeySchedule.Announcement : now, retireOthers: false, Actor.Issuer, ct);

        var over = ring.StatesAt(now).Where(key => key.State is KeyState.Withdrawn or KeyState.Retired && key.Key.Credentials is not null)
            .ToList();
        foreach (var (key, _) in over) await store.DeletePrivateKeyAsync(key.KeyId, PublicPart(key.Public), ct);
        if (due.Count > 0 || over.Count > 0) await ReloadAsync(ct);
    }

    /// <summary>Makes the next key of an algorithm.</summary>
    /// <param name="signsFrom">When it takes over.</param>
    /// <param name="retireOthers">Whether the keys before it are no longer valid from then on.</param>
    /// <returns>Null if another process has just created one.</returns>
    public async Task<string?> AddAsync(SigningAlgorithm algorithm, DateTimeOffset signsFrom, bool retireOthers, Actor by,
        CancellationToken ct)
    {
        var row = Make(algorithm, ring.Of(algorithm).Select(key => key.Sequence).DefaultIfEmpty(0).Max() + 1, signsFrom);
        return await store.InsertAsync(row, retireOthers, by, ct) ? row.KeyId : null;
    }

    /// <summary>What a private key is wrapped for.</summary>
    public static string PurposeOf(string keyId) => $"signing-key:{keyId}";

    private HeldKey? InUseFor(SigningAlgorithm algorithm)
    {
        var (keys, moments) = ring.By(algorithm);
        var index = KeySchedule.SigningNow(moments, clock.GetUtcNow());
        return index < 0 ? null : keys[index];
    }

    private void Hold(IReadOnlyList<HeldKey> keys)
    {
        var next = new Ring(keys, Ring.StatesOf(keys, clock.GetUtcNow()));
        var isNews = !next.Published.SequenceEqual(ring.Published) || !next.Accepted.SequenceEqual(ring.Accepted);
        ring = next;
        if (isNews) Changed?.Invoke();
    }

    private SigningKey Make(SigningAlgorithm algorithm, int sequence, DateTimeOffset signsFrom)
    {
        using AsymmetricAlgorithm key = algorithm == SigningAlgorithm.RS256 ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var keyId = Thumbprint(SecurityKeyOf(key));
        var secret = key.ExportPkcs8PrivateKey();
        var wrapped = masterKey.Wrap(secret, PurposeOf(keyId));
        CryptographicOperations.ZeroMemory(secret);
        return new SigningKey { Algorithm = $"{algorithm}", Sequence = sequence, KeyId = keyId, WrappedPrivateKey = wrapped,
            CreatedAt = clock.GetUtcNow(), SignsFrom = signsFrom };
    }

    private HeldKey Open(SigningKey row)
    {
        try
        {
            return OpenRow(row);
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException)
        {
            throw new CryptographicException($"The row of the signing key {row.KeyId} is damaged: {fault.Message}", fault);
        }
    }

    private HeldKey OpenRow(SigningKey row)
    {
        var algorithm = Enum.Parse<SigningAlgorithm>(row.Algorithm);
        AsymmetricAlgorithm key = algorithm == SigningAlgorithm.RS256 ? RSA.Create() : ECDsa.Create();
        var isWhole = row.WrappedPrivateKey.Length > 0;
        if (isWhole)
        {
            var secret = masterKey.Unwrap(row.WrappedPrivateKey, PurposeOf(row.KeyId));
            key.ImportPkcs8PrivateKey(secret, out _);
            CryptographicOperations.ZeroMemory(secret);
        }
        else
        {
            key.ImportSubjectPublicKeyInfo(row.PublicKey, out _);
        }

        var securityKey = SecurityKeyOf(key);

        // A wrapped private key is bound to its key id by its purpose; a public key must match the key id itself.
        if (!isWhole && Thumbprint(securityKey) != row.KeyId)
            throw new CryptographicException($"The public key in the row of the signing key {row.KeyId} belongs to another key.");
        securityKey.KeyId = row.KeyId;
        return new HeldKey(algorithm, row.KeyId, row.Sequence, row.CreatedAt, TimesOf(row),
            isWhole ? new SigningCredentials(securityKey, row.Algorithm) : null, securityKey);
    }

    private static KeyTimes TimesOf(SigningKey row) =>
        new(row.SignsFrom ?? row.CreatedAt, row.RetiredAt, CanSign: row.WrappedPrivateKey.Length > 0);

    private static byte[] PublicPart(SecurityKey key) =>
        key is RsaSecurityKey rsa ? rsa.Rsa.ExportSubjectPublicKeyInfo() : ((ECDsaSecurityKey)key).ECDsa.ExportSubjectPublicKeyInfo();

    private static SecurityKey SecurityKeyOf(AsymmetricAlgorithm key) =>
        key is RSA rsa ? new RsaSecurityKey(rsa) : new ECDsaSecurityKey((ECDsa)key);

    // RFC 7638: anybody can compute it from the public key, so two keys never share one.
    private static string Thumbprint(SecurityKey key) => Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());

    private sealed class Ring(IReadOnlyList<HeldKey> keys, IReadOnlyList<(HeldKey Key, KeyState State)> states)
    {
        private readonly Dictionary<SigningAlgorithm,
            (HeldKey[] Keys, KeyTimes[] RelativeTime)> byAlgorithm = keys.GroupBy(key => key.Algorithm)
            .ToDictionary(group => group.Key, group => (group.ToArray(), group.Select(key => key.Times).ToArray()));

        public IReadOnlyList<HeldKey> Keys => keys;

        public IReadOnlyList<SigningCredentials> Published { get; } =
        [
            .. states.Where(held => KeySchedule.IsPublished(held.State)).OrderBy(held => held.Key.Algorithm)
            .ThenBy(held => held.State != KeyState.Signing)
                .Select(held => held.Key.Credentials).OfType<SigningCredentials>(),
        ];

        public IReadOnlyList<SecurityKey> Accepted { get; } = [.. states.Where(held => held.State != KeyState.Retired)
            .Select(held => held.Key.Public)];

        public (HeldKey[] Keys, KeyTimes[] RelativeTime) By(SigningAlgorithm algorithm) =>
            byAlgorithm.GetValueOrDefault(algorithm, ([], []));

        public HeldKey[] Of(SigningAlgorithm algorithm) => By(algorithm).Keys;

        public IReadOnlyList<(HeldKey Key, KeyState State)> StatesAt(DateTimeOffset now) => StatesOf(keys, now);

        public static IReadOnlyList<(HeldKey Key, KeyState State)> StatesOf(IReadOnlyList<HeldKey> keys, DateTimeOffset now) =>
        [
            .. keys.GroupBy(key => key.Algorithm).SelectMany(group =>
            {
                var held = group.ToList();
                var moments = held.ConvertAll(key => key.Times);
                return held.Select((key, index) => (key, KeySchedule.StateOf(moments, index, now)));
            }),
        ];
    }
}

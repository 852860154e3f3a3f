using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeIdP.Core.Files;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Tls;

/// <summary>
/// The certificate authority of an issuer for which no certificate is configured. Its files are in the folder <c>tls</c> of the data
/// directory and are locked against other processes, so that two that start at once use the same pair. A missing, damaged or half-written
/// file is created again. It may sign only for its own names (<see cref="NameConstraints"/>), so another public host needs a new authority.
/// </summary>
internal sealed class LocalAuthority(
    DataDirectory data, IssuerUrl issuer, ListenUrls listen, TimeProvider clock, ILogger<ServerCertificates>? logger = null)
        : ICertificateSource
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private static readonly TimeSpan LeafLifetime = TimeSpan.FromDays(90);
    private static readonly TimeSpan LeafRenewal = TimeSpan.FromDays(30);
    private static readonly TimeSpan AuthorityRenewal = TimeSpan.FromDays(365);

    // So that machines whose clock is a little behind accept a new certificate too.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    private const int AuthorityYears = 10;

    // This machine, the host of the issuer, and each address that the server listens on.
    private readonly IReadOnlyCollection<string> names =
    [
        "localhost", "127.0.0.1", "::1", issuer.Uri.IdnHost.Trim('[', ']'),
        .. listen.Addresses.Where(address => !address.IsWildcard).Select(address => address.Host),
    ];

    private readonly string authorityKeyFile = FileIn(data, "ca.key");
    private readonly string leafKeyFile = FileIn(data, "leaf.key");

    public string Folder { get; } = FolderIn(data);

    /// <summary>
    /// The certificates that clients must trust (PEM): the authority's certificate, followed by earlier ones that were still valid when it
    /// was created.
    /// </summary>
    public string AuthorityFile { get; } = FileIn(data, "ca.crt");

    /// <summary>The certificate that is served, without its authority.</summary>
    public string LeafFile { get; } = FileIn(data, "leaf.crt");

    public TimeSpan CheckInterval { get; } = TimeSpan.FromHours(1);

    /// <summary>Whether the server uses a certificate of this authority: none is configured, and no proxy terminates TLS.</summary>
    public static bool IsNeeded(TlsOptions tls, ListenUrls listen) => tls.CertificateFile is null && listen.HasHttps;

    /// <summary>
    /// The first of the server's names that the existing authority may not sign for; null if there is none, or no authority.
    /// </summary>
    public string? FindForeignName()
    {
        try
        {
            using var authority = X509Certificate2.CreateFromPem(File.ReadAllText(AuthorityFile));
            return ForeignNameTo(authority);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException or CryptographicException)
        {
            return null;
        }
    }

    public PemPair Read()
    {
        PrivateFiles.CreateFolder(Folder);
        using var exclusive = PrivateFiles.Lock(Path.Combine(Folder, ".lock"));
        var now = clock.GetUtcNow();

        using var authority = LoadAuthority(now) ?? RenewAuthority(now);
        if (!IsLeafGood(authority, now)) MakeLeaf(authority, now);
        return PemPair.Read(LeafFile, leafKeyFile);
    }

    /// <summary>The authority; null if it must be renewed or created.</summary>
    private X509Certificate2? LoadAuthority(DateTimeOffset now) =>
        LoadOwnAuthority() is { } authority && authority.NotAfter.ToUniversalTime() - now.UtcDateTime >= AuthorityRenewal
            ? authority
            : null;

    /// <summary>The authority with its key, if it may sign for all names of the server; otherwise null.</summary>
    private X509Certificate2? LoadOwnAuthority() =>
        LoadPair(AuthorityFile, authorityKeyFile) is { } authority && ForeignNameTo(authority) is null ? authority : null;

    private string? ForeignNameTo(X509Certificate2 authority) =>
        names.Select(Normalized).FirstOrDefault(name => !NameConstraints.Permit(authority, name));

    /// <summary>
    /// Issues a new certificate for the same name and key, if the key exists and the authority may sign for the server's names; then
    /// clients that trust only the earlier certificate also accept what it signs. Otherwise creates a new authority, which all clients must
    /// trust anew, and logs that.
    /// </summary>
    private X509Certificate2 RenewAuthority(DateTimeOffset now)
    {
        using var earlier = LoadOwnAuthority();
        if (earlier is null && (File.Exists(AuthorityFile) || File.Exists(authorityKeyFile)))
            logger?.AuthorityReplaced(AuthorityFile, WhyNew());
        using var key = earlier?.GetECDsaPrivateKey() ?? ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = earlier?.SubjectName
            ?? new X500DistinguishedName($"CN=KubeIdP local CA {RandomNumberGenerator.GetHexString(8, lowercase: true)}");

        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0,
                critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(NameConstraints.For(names.Select(Normalized)));

        // Name constraints only cover servers; this also excludes certificates for mail and code signing.
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        var authority = request.CreateSelfSigned(now - ClockTolerance, now.AddYears(AuthorityYears));

        // The key first: if the process dies between the two writes, the pair does not match and the next start creates both again.
        var bundle = Bundle(request.PublicKey, now).Prepend(authority).Select(certificate => certificate.ExportCertificatePem());
        PrivateFiles.Write(authorityKeyFile, key.ExportPkcs8PrivateKeyPem() + "\n", PrivateFiles.OwnerOnly);
        PrivateFiles.Write(AuthorityFile, string.Join("\n", bundle) + "\n", PrivateFiles.Public);
        return authority;
    }

    private static string FolderIn(DataDirectory data) => Path.Combine(data.Path, "tls");

    private static string FileIn(DataDirectory data, string name) => Path.Combine(FolderIn(data), name);

    private string WhyNew() =>
        FindForeignName() is { } name
            ? $"the previous one may not sign for {name}"
            : $"the previous one has no usable certificate and key in {Folder}";

    /// <summary>The certificates of this key that clients may still trust.</summary>
    private X509Certificate2Collection Bundle(PublicKey key, DateTimeOffset now)
    {
        var bundle = new X509Certificate2Collection();
        try
        {
            bundle.ImportFromPemFile(AuthorityFile);
        }
        catch (Exception fault) when (fault is FileNotFoundException or CryptographicException)
        {
            return [];
        }

        return [.. bundle.Where(certificate => certificate.NotAfter.ToUniversalTime() > now.UtcDateTime
            && certificate.GetPublicKey().AsSpan().SequenceEqual(key.EncodedKeyValue.RawData))];
    }

    private bool IsLeafGood(X509Certificate2 authority, DateTimeOffset now)
    {
        using var leaf = LoadPair(LeafFile, leafKeyFile);
        if (leaf is null || leaf.NotAfter.ToUniversalTime() - now.UtcDateTime < LeafRenewal) return false;

        var issuerKey = leaf.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().SingleOrDefault()?.KeyIdentifier;
        var authorityKey = authority.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single().SubjectKeyIdentifierBytes;
        if (issuerKey is null || !issuerKey.Value.Span.SequenceEqual(authorityKey.Span)) return false;

        var covered = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(san => san.EnumerateDnsNames().Concat(san.EnumerateIPAddresses().Select(address => address.ToString())));
        return names.Select(Normalized).ToHashSet().IsSubsetOf(covered);
    }

    private void MakeLeaf(X509Certificate2 authority, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=KubeIdP", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0,
                critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true,
                includeIssuerAndSerial: false));
        request.CertificateExtensions.Add(AlternativeNames());

        // RFC 5280 §4.1.2.2: a positive number, so the sign bit of the first byte must be clear.
        byte[] serial = [0x4B, .. RandomNumberGenerator.GetBytes(15)];
        using var leaf = request.Create(authority, now - ClockTolerance, now + LeafLifetime, serial);
        PrivateFiles.Write(leafKeyFile, key.ExportPkcs8PrivateKeyPem() + "\n", PrivateFiles.OwnerOnly);
        PrivateFiles.Write(LeafFile, leaf.ExportCertificatePem() + "\n", PrivateFiles.OwnerOnly);
    }

    private X509Extension AlternativeNames()
    {
        var builder = new SubjectAlternativeNameBuilder();
        foreach (var name in names.Select(Normalized).Distinct())
        {
            if (IPAddress.TryParse(name, out var address))
                builder.AddIpAddress(address);
            else
                builder.AddDnsName(name);
        }

        return builder.Build();
    }

    /// <summary>As written in a certificate, so that [::0001] and ::1 are equal.</summary>
    private static string Normalized(string name) => IPAddress.TryParse(name, out var address) ? address.ToString() : name;

    /// <summary>
    /// The first certificate of the file with its key; null when either is missing or damaged, or they don't belong together.
    /// </summary>
    private static X509Certificate2? LoadPair(string certificateFile, string keyFile)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        }
        catch (Exception fault) when (fault is FileNotFoundException or CryptographicException or ArgumentException)
        {
            return null;
        }
    }
}

using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Tls;

/// <summary>
/// The certificate authority of an issuer that was given no certificate. It lives in the folder <c>tls</c> of the data directory and holds its files
/// against other processes: two that start at once find one pair. Whatever is missing, damaged, or half written by a process that died, is made anew.
/// It may sign for its own names alone (<see cref="NameConstraints"/>), so another public host is another authority's.
/// </summary>
internal sealed class LocalAuthority(
    DataDirectory data, IssuerUrl issuer, ListenUrls listen, TimeProvider clock, ILogger<ServerCertificates>? logger = null) : ICertificateSource
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private static readonly TimeSpan LeafLifetime = TimeSpan.FromDays(90);
    private static readonly TimeSpan LeafRenewal = TimeSpan.FromDays(30);
    private static readonly TimeSpan AuthorityRenewal = TimeSpan.FromDays(365);

    // Neighbours whose clock is a little behind accept a new certificate too.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    private const int AuthorityYears = 10;

    // This machine, the name in the issuer, and each address that we listen on.
    private readonly IReadOnlyCollection<string> names =
    [
        "localhost", "127.0.0.1", "::1", issuer.Uri.IdnHost.Trim('[', ']'),
        .. listen.Addresses.Where(address => !address.IsWildcard).Select(address => address.Host),
    ];

    private readonly string authorityKeyFile = FileIn(data, "ca.key");
    private readonly string leafKeyFile = FileIn(data, "leaf.key");

    public string Folder { get; } = FolderIn(data);

    /// <summary>What clients are given to trust (PEM): the authority's certificate, and below it the earlier ones that were still valid when it was made.</summary>
    public string AuthorityFile { get; } = FileIn(data, "ca.crt");

    /// <summary>The certificate that is served, without its authority.</summary>
    public string LeafFile { get; } = FileIn(data, "leaf.crt");

    public TimeSpan CheckInterval { get; } = TimeSpan.FromHours(1);

    /// <summary>Whether somebody is served a certificate of ours: none was given, and no proxy ends TLS before us.</summary>
    public static bool IsNeeded(TlsOptions tls, ListenUrls listen) => tls.CertificateFile is null && listen.HasHttps;

    /// <summary>The first of our names that the authority which is there may not sign for; null when there is none, or no authority.</summary>
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

    /// <summary>The authority, unless it should be renewed or has to be made.</summary>
    private X509Certificate2? LoadAuthority(DateTimeOffset now) =>
        LoadOwnAuthority() is { } authority && authority.NotAfter.ToUniversalTime() - now.UtcDateTime >= AuthorityRenewal ? authority : null;

    /// <summary>With its key, and for all our names; null when there is no such one.</summary>
    private X509Certificate2? LoadOwnAuthority() => LoadPair(AuthorityFile, authorityKeyFile) is { } authority && ForeignNameTo(authority) is null ? authority : null;

    private string? ForeignNameTo(X509Certificate2 authority) => names.Select(Normalized).FirstOrDefault(name => !NameConstraints.Permit(authority, name));

    /// <summary>
    /// A new certificate for the same name and key, while the key is there and the authority may sign for our names: what it signs from now on is then also valid
    /// for those who were given the earlier certificate only. Otherwise it is a new authority, which everybody has to be given, and that is said.
    /// </summary>
    private X509Certificate2 RenewAuthority(DateTimeOffset now)
    {
        using var earlier = LoadOwnAuthority();
        if (earlier is null && (File.Exists(AuthorityFile) || File.Exists(authorityKeyFile))) logger?.AuthorityReplaced(AuthorityFile, WhyNew());
        using var key = earlier?.GetECDsaPrivateKey() ?? ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = earlier?.SubjectName ?? new X500DistinguishedName($"CN=KubeIdP local CA {RandomNumberGenerator.GetHexString(8, lowercase: true)}");

        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(NameConstraints.For(names.Select(Normalized)));

        // Names constrain servers alone; with this nobody's mail or program can be signed either.
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        var authority = request.CreateSelfSigned(now - ClockTolerance, now.AddYears(AuthorityYears));

        // The key first. Should we die between the two, the pair doesn't match and the next start makes both anew.
        var bundle = Bundle(request.PublicKey, now).Prepend(authority).Select(certificate => certificate.ExportCertificatePem());
        PrivateFiles.Write(authorityKeyFile, key.ExportPkcs8PrivateKeyPem() + "\n", PrivateFiles.OwnerOnly);
        PrivateFiles.Write(AuthorityFile, string.Join("\n", bundle) + "\n", PrivateFiles.Public);
        return authority;
    }

    private static string FolderIn(DataDirectory data) => Path.Combine(data.Path, "tls");

    private static string FileIn(DataDirectory data, string name) => Path.Combine(FolderIn(data), name);

    private string WhyNew() => FindForeignName() is { } name ? $"the former one may not sign for {name}" : $"the former one has no usable certificate and key in {Folder}";

    /// <summary>The certificates of this key that clients may still hold.</summary>
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

        return [.. bundle.Where(certificate => certificate.NotAfter.ToUniversalTime() > now.UtcDateTime && certificate.GetPublicKey().AsSpan().SequenceEqual(key.EncodedKeyValue.RawData))];
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
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        request.CertificateExtensions.Add(AlternativeNames());

        // RFC 5280 §4.1.2.2: a positive number; the first byte keeps the sign bit clear.
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

    /// <summary>As a certificate spells it, so that [::0001] and ::1 are one.</summary>
    private static string Normalized(string name) => IPAddress.TryParse(name, out var address) ? address.ToString() : name;

    /// <summary>The first certificate of the file with its key; null when either is missing or damaged, or they don't belong together.</summary>
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

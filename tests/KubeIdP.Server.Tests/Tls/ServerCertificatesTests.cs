using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeIdP.Core.Files;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Server.Tls;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Processes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace KubeIdP.Server.Tests.Tls;

public sealed class ServerCertificatesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly TestClock clock = new();

    public void Dispose() => folder.Dispose();

    private string Tls(string name) => Path.Combine(folder.Path, "tls", name);

    private Settings Settings(string issuer = "https://idp.example.com", params string[] listen) =>
        new() { DataDirectory = folder.Path, Issuer = issuer, Listen = listen };

    private X509Certificate2 Leaf(Settings? settings = null) => OwnAuthority(settings ?? Settings()).Read().ToCertificate().Leaf;

    private X509Certificate2Collection Bundle()
    {
        var bundle = new X509Certificate2Collection();
        bundle.ImportFromPemFile(Tls("ca.crt"));
        return bundle;
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("idp.example.com")]
    [InlineData("192.0.2.7")]
    [InlineData("2001:db8::1")]
    public void The_certificate_is_valid_for_every_name_and_chains_to_the_authority(string name)
    {
        var leaf = Leaf(Settings(listen: ["https://192.0.2.7:8443", "https://[2001:db8:0::1]:8443", "https://*:1", "https://0.0.0.0:2"]));

        Assert.True(leaf.MatchesHostname(name, allowWildcards: false, allowCommonName: false));
        Assert.False(leaf.MatchesHostname("0.0.0.0", allowWildcards: false, allowCommonName: false));
        Assert.True(IsTrusted(leaf, Bundle()[0]));
    }

    // People put this authority into the trust of their whole system.
    [Fact]
    public async Task The_authority_signs_for_its_issuer_this_machine_and_private_addresses_alone()
    {
        Leaf(Settings(listen: ["https://192.0.2.7:8443"]));

        foreach (var (name, isPermitted) in ((string, bool)[])
        [
            ("idp.example.com", true), ("localhost", true), (Dns.GetHostName(), true), ("127.0.0.1", true), ("127.1.2.3", true),
            ("::1", true), ("10.1.2.3", true), ("172.16.0.1", true),
            ("172.31.255.254", true), ("192.168.1.1", true), ("fd00::1", true), ("192.0.2.7", true),
            ("example.com", false), ("evil.example", false), ("evilidp.example.com", false), ("idp.example.com.evil.example", false),
            ("notlocalhost", false), ("8.8.8.8", false), ("11.0.0.1", false),
            ("172.32.0.1", false), ("192.167.255.255", false), ("192.0.2.8", false), ("169.254.169.254", false), ("2001:db8::1", false),
            ("fe80::1", false),
            ($"www.{Dns.GetHostName()}", !Dns.GetHostName().All(char.IsAsciiLetter)),
        ])
        {
            using var leaf = SignedByTheAuthority(name);

            Assert.Equal((name, isPermitted), (name, IsTrusted(leaf, Bundle()[0])));
            Assert.Equal((name, isPermitted), (name, await OpenSslTrustsAsync(leaf, "sslserver")));
        }
    }

    // Many machines have the name of a top-level domain: a certificate authority permitted "dev" would be permitted all of its web sites.
    [Theory]
    [InlineData("https://intranet", "intranet", "www.intranet")]
    [InlineData("https://intranet", "intranet", "a.b.intranet")]
    [InlineData("https://intranet", "intranet", "intranet.example.com")]
    [InlineData("https://kube-1", "kube-1", "akube-1")]
    public async Task Below_a_name_of_one_label_nothing_is_permitted(string issuer, string permitted, string refused)
    {
        Leaf(Settings(issuer, []));

        foreach (var (name, isPermitted) in ((string, bool)[])[(permitted, true), (refused, false)])
        {
            using var leaf = SignedByTheAuthority(name);
            Assert.Equal((name, isPermitted, isPermitted, isPermitted),
                (name, IsTrusted(leaf, Bundle()[0]), await OpenSslTrustsAsync(leaf, "sslserver"),
                    NameConstraints.Permit(Bundle()[0], name)));
        }
    }

    [Theory]
    [InlineData("1.3.6.1.5.5.7.3.2", "sslclient")]
    [InlineData("1.3.6.1.5.5.7.3.4", "smimesign")]
    public async Task The_authority_signs_for_servers_alone(string usage, string purpose)
    {
        Leaf();

        using var leaf = SignedByTheAuthority("localhost", usage);

        Assert.False(await OpenSslTrustsAsync(leaf, purpose));
    }

    [Fact]
    public async Task Another_public_host_makes_a_new_authority_and_says_that_it_must_be_trusted_again()
    {
        Leaf();
        var former = Assert.Single(Bundle());

        foreach (var issuer in (string[])["https://172.18.0.1:8443", "https://localhost:8443", $"https://{Dns.GetHostName()}",
            "https://[fd00::1]:8443", "https://idp.example.com/path"])
            Assert.Equal((issuer, former.Thumbprint), (issuer, Authority(Served(issuer).Leaf).Thumbprint));

        foreach (var (issuer, named) in ((string, string)[])[("https://other.example.com", "other.example.com"),
            ("https://203.0.113.9", "203.0.113.9"), ("https://[2001:db8::9]", "2001:db8::9")])
        {
            var (log, leaf) = Served(issuer);
            var now = Assert.Single(Bundle());

            Assert.NotEqual((former.Thumbprint, former.Subject), (now.Thumbprint, now.Subject));
            Assert.False(former.GetPublicKey().AsSpan().SequenceEqual(now.GetPublicKey()));
            Assert.True(IsTrusted(leaf, now) && await OpenSslTrustsAsync(leaf, "sslserver"));
            Assert.False(IsTrusted(leaf, former));
            var warning = Assert.Single(log.Lines, line => line.Contains("[1013]", StringComparison.Ordinal));
            Assert.Contains($"may not sign for {named}", warning, StringComparison.Ordinal);
            Assert.Contains(Tls("ca.crt"), warning, StringComparison.Ordinal);
            former = now;
        }
    }

    [Theory]
    [InlineData("ca.key")]
    [InlineData("ca.crt")]
    public void A_lost_key_makes_a_new_authority_and_says_that_it_must_be_trusted_again(string lost)
    {
        Assert.DoesNotContain(Served("https://idp.example.com").Log.Lines, line => line.Contains("[1013]", StringComparison.Ordinal));
        var former = Bundle()[0];

        File.Delete(Tls(lost));
        var (log, leaf) = Served("https://idp.example.com");

        Assert.NotEqual(former.Thumbprint, Assert.Single(Bundle()).Thumbprint);
        Assert.False(IsTrusted(leaf, former));
        Assert.Contains("needs the new", Assert.Single(log.Lines, line => line.Contains("[1013]", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_are_for_the_owner_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        Leaf();

        Assert.Equal(PrivateFiles.OwnerOnly, Mode(Tls("ca.key")));
        Assert.Equal(PrivateFiles.OwnerOnly, Mode(Tls("leaf.key")));
        Assert.Equal(PrivateFiles.Public, Mode(Tls("ca.crt")));
        Assert.Equal(PrivateFiles.OwnerOnly | UnixFileMode.UserExecute, Mode(Tls("")));
        Assert.Empty(Directory.GetFiles(Tls(""), "*.new"));
    }

    [Fact]
    public void The_leaf_stays_until_30_days_are_left_or_a_name_is_missing()
    {
        var first = Leaf();

        clock.Advance(TimeSpan.FromDays(59));
        Assert.Equal(first.Thumbprint, Leaf().Thumbprint);

        Assert.NotEqual(first.Thumbprint, Leaf(Settings("https://other.example.com")).Thumbprint);

        var third = Leaf();
        clock.Advance(TimeSpan.FromDays(61));
        var fourth = Leaf();
        Assert.NotEqual(third.Thumbprint, fourth.Thumbprint);
        Assert.True(IsTrusted(fourth, Assert.Single(Bundle())));
    }

    [Fact]
    public void A_renewed_authority_is_trusted_by_those_who_know_the_earlier_one()
    {
        Leaf();
        var earlier = Assert.Single(Bundle());

        clock.Advance(TimeSpan.FromDays(9.5 * 365));
        var leaf = Leaf();

        Assert.Equal(2, Bundle().Count);
        Assert.Equal(earlier.Thumbprint, Bundle()[1].Thumbprint);
        Assert.True(IsTrusted(leaf, earlier));
        Assert.True(IsTrusted(leaf, Bundle()[0]));

        clock.Advance(TimeSpan.FromDays(9.5 * 365));
        Leaf();
        Assert.Equal(2, Bundle().Count);
        Assert.DoesNotContain(Bundle(), certificate => certificate.Thumbprint == earlier.Thumbprint);
    }

    [Theory]
    [InlineData("ca.key")]
    [InlineData("ca.crt")]
    [InlineData("leaf.key")]
    [InlineData("leaf.crt")]
    public void A_missing_or_damaged_file_is_made_anew(string name)
    {
        Leaf();

        File.Delete(Tls(name));
        Assert.True(IsTrusted(Leaf(), Bundle()[0]));

        File.WriteAllText(Tls(name), "damaged");
        Assert.True(IsTrusted(Leaf(), Bundle()[0]));

        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (name.EndsWith(".key", StringComparison.Ordinal)) File.WriteAllText(Tls(name), stranger.ExportPkcs8PrivateKeyPem());
        Assert.True(IsTrusted(Leaf(), Bundle()[0]));
    }

    [Fact]
    public async Task All_that_start_at_once_end_with_one_pair()
    {
        var leaves = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Leaf())));

        Assert.Single(leaves.Select(leaf => leaf.Thumbprint).Distinct());
        Assert.True(IsTrusted(leaves[0], Assert.Single(Bundle())));
    }

    [Fact]
    public void A_running_server_renews_its_leaf()
    {
        var certificates = Certificates(Settings(), NullLogger<ServerCertificates>.Instance);
        var first = certificates.Current;

        clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Same(first, certificates.Current);
        clock.Advance(TimeSpan.FromDays(61));
        Assert.NotEqual(first.Leaf.Thumbprint, certificates.Current.Leaf.Thumbprint);
    }

    [Fact]
    public void A_configured_pair_is_reloaded_and_one_that_does_not_match_is_not_served()
    {
        var (certificates, first) = (Configured(), Leaf());
        Assert.Equal(first.Thumbprint, certificates.Current.Leaf.Thumbprint);

        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var goodKey = File.ReadAllText(folder.File("tls.key"));
        File.WriteAllText(folder.File("tls.key"), stranger.ExportPkcs8PrivateKeyPem());
        clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(first.Thumbprint, certificates.Current.Leaf.Thumbprint);

        Leaf(Settings("https://other.example.com"));
        File.Copy(Tls("leaf.crt"), folder.File("tls.crt"), overwrite: true);
        File.Copy(Tls("leaf.key"), folder.File("tls.key"), overwrite: true);
        Assert.Equal(first.Thumbprint, certificates.Current.Leaf.Thumbprint);
        clock.Advance(TimeSpan.FromSeconds(11));
        Assert.NotEqual(first.Thumbprint, certificates.Current.Leaf.Thumbprint);
        Assert.NotEqual(goodKey, File.ReadAllText(folder.File("tls.key")));
    }

    // A list of messages shows no stack trace.
    [Theory]
    [InlineData("tls.key", "no certificate", "PEM")]
    [InlineData("tls.crt", null, "tls.crt")]
    [InlineData("tls.key", null, "tls.key")]
    public void Why_a_pair_is_not_taken_is_in_the_message(string file, string? text, string cause)
    {
        using var log = new LogCapture();
        using var loggers = new LoggerFactory([log]);
        var certificates = Configured(loggers.CreateLogger<ServerCertificates>());
        log.Clear();

        if (text is null) File.Delete(folder.File(file));
        else File.WriteAllText(folder.File(file), text);
        clock.Advance(TimeSpan.FromSeconds(11));
        _ = certificates.Current;

        var line = Assert.Single(log.Lines);
        Assert.Contains("[1012]", line, StringComparison.Ordinal);
        Assert.Contains(cause, line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pair_that_never_matched_does_not_start()
    {
        Configured();
        File.Delete(folder.File("tls.key"));
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(folder.File("tls.key"), stranger.ExportPkcs8PrivateKeyPem());

        Assert.Throws<StartFault>(() => Start());
    }

    [Fact]
    public async Task Intermediates_are_sent_and_old_protocols_are_off()
    {
        var ct = TestContext.Current.CancellationToken;
        Configured();
        var root = WriteChain();
        await using var services = new ServiceCollection().AddSingleton(Start()).BuildServiceProvider();
        var options = await ServerCertificates.HandshakeOptions(services).OnConnection(default!);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var accept = listener.AcceptTcpClientAsync(ct);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, ((IPEndPoint)listener.LocalEndpoint).Port, ct);
        using var server = await accept;

        await using var serverStream = new SslStream(server.GetStream());
        await using var clientStream = new SslStream(client.GetStream());
        await Task.WhenAll(serverStream.AuthenticateAsServerAsync(options, ct),
            clientStream.AuthenticateAsClientAsync(TrustOnly(root), ct));

        Assert.True(clientStream.IsAuthenticated);
        Assert.Equal(SslProtocols.Tls12 | SslProtocols.Tls13, options.EnabledSslProtocols);
    }

    private SslClientAuthenticationOptions TrustOnly(X509Certificate2 root) => new()
    {
        TargetHost = "localhost",
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { root },
            RevocationMode = X509RevocationMode.NoCheck,
            VerificationTime = clock.GetUtcNow().UtcDateTime,
            DisableCertificateDownloads = true,
        },
    };

    /// <summary>Serves a leaf under an intermediate under this root, none of them from the local authority.</summary>
    private X509Certificate2 WriteChain()
    {
        var (from, to) = (clock.GetUtcNow().AddDays(-1), clock.GetUtcNow().AddDays(30));
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var root = Request("CN=root", rootKey, isAuthority: true).CreateSelfSigned(from, to);
        using var middle = Request("CN=middle", middleKey, isAuthority: true).Create(root, from, to, [1]).CopyWithPrivateKey(middleKey);
        using var leaf = Request("CN=leaf", leafKey, isAuthority: false).Create(middle, from, to, [2]);
        File.WriteAllText(folder.File("tls.crt"), leaf.ExportCertificatePem() + "\n" + middle.ExportCertificatePem());
        File.WriteAllText(folder.File("tls.key"), leafKey.ExportPkcs8PrivateKeyPem());
        return root;
    }

    private static CertificateRequest Request(string name, ECDsa key, bool isAuthority)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        return request;
    }

    /// <summary>What a server of this issuer serves and logs.</summary>
    private (LogCapture Log, X509Certificate2 Leaf) Served(string issuer)
    {
        var log = new LogCapture();
        using var loggers = LoggerFactory.Create(builder => builder.AddProvider(log));
        return (log, Certificates(Settings(issuer), loggers.CreateLogger<ServerCertificates>()).Current.Leaf);
    }

    /// <summary>The one that the leaf leads to.</summary>
    private X509Certificate2 Authority(X509Certificate2 leaf) => Bundle().Single(authority => IsTrusted(leaf, authority));

    /// <summary>As somebody who has stolen its key would sign.</summary>
    private X509Certificate2 SignedByTheAuthority(string name, string usage = "1.3.6.1.5.5.7.3.1")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var authority = X509Certificate2.CreateFromPemFile(Tls("ca.crt"), Tls("ca.key"));
        var request = new CertificateRequest("CN=KubeIdP", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address)) names.AddIpAddress(address);
        else names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true,
                includeIssuerAndSerial: false));
        return request.Create(authority, authority.NotBefore, clock.GetUtcNow().AddDays(30), [1]);
    }

    private async Task<bool> OpenSslTrustsAsync(X509Certificate2 leaf, string purpose)
    {
        var file = folder.Write("leaf.pem", leaf.ExportCertificatePem());
        var now = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo("openssl",
            ["verify", "-x509_strict", "-attime", now, "-purpose", purpose, "-CAfile", Tls("ca.crt"), file]);
        return (await Programs.RunAsync(start, input: null, TestContext.Current.CancellationToken)).ExitCode == 0;
    }

    private ServerCertificates Configured(ILogger<ServerCertificates>? logger = null)
    {
        Leaf();
        File.Copy(Tls("leaf.crt"), folder.File("tls.crt"));
        File.Copy(Tls("leaf.key"), folder.File("tls.key"));
        return Start(logger);
    }

    private ServerCertificates Start(ILogger<ServerCertificates>? logger = null) => Certificates(
        Settings() with { Tls = new() { CertificateFile = folder.File("tls.crt"), KeyFile = folder.File("tls.key") } },
        logger ?? NullLogger<ServerCertificates>.Instance);

    private LocalAuthority OwnAuthority(Settings settings, ILogger<ServerCertificates>? logger = null) =>
        new(new DataDirectory(settings.DataDirectory), new IssuerUrl(settings.Issuer), new ListenUrls(settings.Listen), clock, logger);

    private ServerCertificates Certificates(Settings settings, ILogger<ServerCertificates> logger) =>
        ServerCertificates.For(settings.Tls, OwnAuthority(settings, logger), clock, logger);

    private bool IsTrusted(X509Certificate2 leaf, X509Certificate2 authority)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = clock.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        return chain.Build(leaf);
    }

    private static UnixFileMode Mode(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);
}

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeIdP.Server.Hosting;
using KubeIdP.Server.Hosting.Tls;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace KubeIdP.Server.Tests.Hosting;

public sealed class ServerCertificatesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly TestClock clock = new();

    public void Dispose() => folder.Dispose();

    private string Tls(string name) => Path.Combine(folder.Path, "tls", name);

    private Settings Settings(string issuer = "https://idp.example.com", params string[] listen) =>
        new() { DataDirectory = folder.Path, Issuer = issuer, Listen = listen };

    private X509Certificate2 Leaf(Settings? settings = null) => new LocalAuthority(settings ?? Settings(), clock).Read().ToCertificate().Leaf;

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
    public void The_leaf_is_good_for_every_name_and_leads_to_the_authority(string name)
    {
        var leaf = Leaf(Settings(listen: ["https://192.0.2.7:8443", "https://[2001:db8:0::1]:8443", "https://*:1", "https://0.0.0.0:2"]));

        Assert.True(leaf.MatchesHostname(name, allowWildcards: false, allowCommonName: false));
        Assert.False(leaf.MatchesHostname("0.0.0.0", allowWildcards: false, allowCommonName: false));
        Assert.True(IsTrusted(leaf, Bundle()[0]));
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
    public void What_is_missing_or_damaged_is_made_anew(string name)
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
        var certificates = ServerCertificates.For(Settings(), clock, NullLogger<ServerCertificates>.Instance);
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
        var options = await Start().HandshakeOptions().OnConnection(default!);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var accept = listener.AcceptTcpClientAsync(ct);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, ((IPEndPoint)listener.LocalEndpoint).Port, ct);
        using var server = await accept;

        await using var serverStream = new SslStream(server.GetStream());
        await using var clientStream = new SslStream(client.GetStream());
        await Task.WhenAll(serverStream.AuthenticateAsServerAsync(options, ct), clientStream.AuthenticateAsClientAsync(TrustOnly(root), ct));

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

    private ServerCertificates Configured()
    {
        Leaf();
        File.Copy(Tls("leaf.crt"), folder.File("tls.crt"));
        File.Copy(Tls("leaf.key"), folder.File("tls.key"));
        return Start();
    }

    private ServerCertificates Start() => ServerCertificates.For(
        Settings() with { Tls = new() { CertificateFile = folder.File("tls.crt"), KeyFile = folder.File("tls.key") } }, clock, NullLogger<ServerCertificates>.Instance);

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

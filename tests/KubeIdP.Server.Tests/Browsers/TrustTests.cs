using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KubeIdP.Server.Tests.Documentation;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Processes;
using Microsoft.Playwright;
using Xunit;

namespace KubeIdP.Server.Tests.Browsers;

/// <summary>
/// What src/docs/tls.md says makes a browser trust the server does so in a fresh home, and lets nobody else's site in by the
/// same authority.
/// </summary>
public sealed class TrustTests : IDisposable
{
    private const string Elsewhere = "shop.example";

    private readonly TemporaryFolder home = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task Chromium_trusts_the_authority_for_its_issuer_and_for_no_other_site()
    {
        await using var issuer = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\n");
        await issuer.StartAsync(Ct);
        var trust = new ProcessStartInfo("bash", ["-c", Guides.HowToTrustOn("Chromium on Linux")]) { WorkingDirectory = issuer.Folder };
        trust.Environment["HOME"] = home.Path;
        (await Programs.RunAsync(trust, input: null, Ct)).Succeeded();
        using var site = new Site(SignedForElsewhere(issuer));

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = "/usr/bin/chromium-headless-shell",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking",
                $"--host-resolver-rules=MAP {Elsewhere}:443 127.0.0.1:{site.Port}"],
            Env = new Dictionary<string, string> { ["HOME"] = home.Path, ["PATH"] = Environment.GetEnvironmentVariable("PATH")! },
        });
        var page = await browser.NewPageAsync();
        var ours = await page.GotoAsync(issuer.Issuer.ToString());
        var fault = await Assert.ThrowsAsync<PlaywrightException>(() => page.GotoAsync($"https://{Elsewhere}/"));

        Assert.Equal(200, ours?.Status);
        Assert.Contains("ERR_CERT_", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>As somebody who has stolen the authority's key would do it.</summary>
    private static X509Certificate2 SignedForElsewhere(IssuerProcess issuer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var authority = X509Certificate2.CreateFromPemFile(issuer.CaFile, Path.ChangeExtension(issuer.CaFile, ".key"));
        var request = new CertificateRequest("CN=KubeIdP", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Elsewhere);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        using var certificate = request.Create(authority, authority.NotBefore, authority.NotBefore.AddDays(30), [1]);
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>A web site with this certificate.</summary>
    private sealed class Site : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly X509Certificate2 certificate;

        public Site(X509Certificate2 certificate)
        {
            this.certificate = certificate;
            listener.Start();
            _ = Task.Run(ServeAsync, CancellationToken.None);
        }

        public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

        public void Dispose()
        {
            listener.Dispose();
            certificate.Dispose();
        }

        private async Task ServeAsync()
        {
            while (true)
            {
                try
                {
                    using var client = await listener.AcceptTcpClientAsync();
                    await using var stream = new SslStream(client.GetStream());
                    await stream.AuthenticateAsServerAsync(certificate);
                    await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"));
                }
                catch (Exception fault) when (fault is IOException or System.Security.Authentication.AuthenticationException)
                {
                    // The browser has hung up.
                }
                catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
                {
                    return;
                }
            }
        }
    }
}

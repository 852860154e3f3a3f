using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using KubeIdP.Cli.Network;
using KubeIdP.Testing.Cli;
using KubeIdP.Testing.Directories;
using KubeIdP.Testing.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace KubeIdP.Cli.Tests.Network;

/// <summary>Real connections that fail, each in its own way: the sentence names the host, why, and what to do.</summary>
public sealed class IssuerHttpTests : IDisposable
{
    private readonly TestAuthority authority = new("CN=Test issuer CA");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => authority.Dispose();

    [Fact]
    public async Task An_authority_that_is_named_is_trusted()
    {
        await using var issuer = await ScriptedIssuer.StartAsync(Ct);
        using var http = new IssuerHttp(CertificateAuthority.FromPem(issuer.AuthorityPem, "test"), TimeProvider.System);

        var provider = await Discovery.ReadAsync(issuer.Issuer, http, TimeProvider.System, Ct);

        Assert.Equal(issuer.Issuer, provider.Issuer);
    }

    [Fact]
    public async Task An_unknown_authority_is_named_with_the_option_that_helps()
    {
        await using var issuer = await ScriptedIssuer.StartAsync(Ct);

        Assert.Contains("Name its file with --certificate-authority.", await FaultAsync(issuer.Issuer, null), StringComparison.Ordinal);
        Assert.Contains("comes from neither the given certificate authority nor", await FaultAsync(issuer.Issuer, authority.Pem),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused_whoever_issued_it() =>
        Assert.Contains("is for another name than localhost", await FaultWithAsync(authority.Issue(["idp.example.com"])),
            StringComparison.Ordinal);

    [Fact]
    public async Task An_expired_certificate_is_told_with_its_time_and_the_clock() =>
        Assert.Contains("If the clock of this machine is right",
            await FaultWithAsync(authority.Issue(["localhost"], until: DateTimeOffset.UtcNow.AddDays(-1))), StringComparison.Ordinal);

    [Fact]
    public async Task A_name_that_is_not_there_is_told() =>
        Assert.Matches("^The name idp.invalid (can't be found|could not be looked up)", await FaultAsync("https://idp.invalid", null));

    [Fact]
    public async Task A_port_where_nobody_listens_is_told()
    {
        var port = Ports.Free();

        Assert.Equal($"127.0.0.1:{port} refused the connection: nothing listens there. Try again later.",
            await FaultAsync($"https://127.0.0.1:{port}", null));
    }

    [Fact]
    public async Task A_host_that_takes_no_connection_is_given_up()
    {
        await using var hole = await BlackHole.OpenAsync("127.0.0.1", 0, Ct);

        Assert.Contains("did not take the connection in time", await FaultAsync($"https://127.0.0.1:{hole.Port}", null),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_closes_without_an_answer_is_told()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var accepting = listener.AcceptTcpClientAsync(Ct);
        var fault = FaultAsync($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}", null);
        (await accepting).Dispose();

        Assert.Matches("closed the connection|TLS handshake", await fault);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var server = await ServeAsync(authority.Issue(["localhost"]), context =>
        {
            context.Response.Redirect("https://login.hotel.example.com/");
            return Task.CompletedTask;
        });

        Assert.Contains("answered with status 302 and not as an issuer does", await FaultAsync(UrlOf(server), authority.Pem),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_server_is_no_issuer()
    {
        await using var server = await ServeAsync(authority.Issue(["localhost"]), context =>
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        });

        Assert.Contains("is no issuer", await FaultAsync(UrlOf(server), authority.Pem), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_and_the_data_of_a_kubeconfig_are_one_authority()
    {
        var file = CertificateAuthority.FromPem($"# Our CA\n{authority.Pem}", "file");
        var data = CertificateAuthority.FromData(
            Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(authority.Pem.ReplaceLineEndings("\r\n"))));
        using var stranger = new TestAuthority();

        Assert.Equal(file.Fingerprint, data.Fingerprint);
        Assert.NotEqual(file.Fingerprint, CertificateAuthority.FromPem(stranger.Pem, "other").Fingerprint);
        Assert.NotEqual(file.Fingerprint, CertificateAuthority.FromPem(authority.Pem + stranger.Pem, "both").Fingerprint);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE-----")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----")]
    public void What_has_no_certificate_is_refused(string pem) =>
        Assert.Throws<Misuse>(() => CertificateAuthority.FromPem(pem, "file"));

    private async Task<string> FaultWithAsync(X509Certificate2 certificate)
    {
        await using var server = await ServeAsync(certificate, _ => Task.CompletedTask);
        return await FaultAsync(UrlOf(server), authority.Pem);
    }

    private static string UrlOf(WebApplication server) => $"https://localhost:{new Uri(server.Urls.Single()).Port}";

    private static async Task<WebApplication> ServeAsync(X509Certificate2 certificate, RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync(Ct);
        return app;
    }

    private static async Task<string> FaultAsync(string issuer, string? pem)
    {
        using var http = new IssuerHttp(pem is null ? null : CertificateAuthority.FromPem(pem, "test"), TimeProvider.System);
        return (await Assert.ThrowsAnyAsync<CommandFault>(() => Discovery.ReadAsync(issuer, http, TimeProvider.System, Ct))).Message;
    }
}

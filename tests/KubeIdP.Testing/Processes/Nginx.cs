using System.Net.Security;
using KubeIdP.Testing.Directories;

namespace KubeIdP.Testing.Processes;

/// <summary>
/// An nginx before a server, with TLS and every limit as nginx has it by default: 8 KiB for each line of a request, 4 KiB for the headers
/// of an answer.
/// </summary>
public sealed class Nginx : IAsyncDisposable
{
    private const string Program = "/usr/sbin/nginx";

    private readonly Daemon daemon;
    private readonly string certificate;

    private Nginx(Daemon daemon, string certificate) => (this.daemon, this.certificate) = (daemon, certificate);

    /// <summary>What it says of requests that it refuses, and of answers that are too long for it.</summary>
    public string ErrorLog => File.ReadAllText(daemon.LogFile);

    /// <param name="port">Of the loopback address, for <c>https://localhost</c>.</param>
    /// <param name="server">Where the requests go; its certificate is not looked at.</param>
    public static async Task<Nginx> StartAsync(int port, Uri server, CancellationToken ct)
    {
        var folder = Scratch.NewFolder("kubeidp-nginx-");
        using var authority = new TestAuthority("CN=Test proxy CA");
        using var certificate = authority.Issue(["localhost", "127.0.0.1"]);
        authority.WriteFiles(folder, certificate);
        await File.WriteAllTextAsync($"{folder}/nginx.conf", $$"""
            daemon off;
            {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
            worker_processes 1;
            pid {{folder}}/nginx.pid;
            error_log stderr info;
            events { }
            http {
              access_log off;
              client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi; uwsgi_temp_path {{folder}}/uwsgi; scgi_temp_path {{folder}}/scgi;
              server {
                listen 127.0.0.1:{{port}} ssl;
                ssl_certificate {{folder}}/server.pem;
                ssl_certificate_key {{folder}}/server.key;
                location / { proxy_pass {{server.GetLeftPart(UriPartial.Authority)}}; }
              }
            }
            """, ct);

        var nginx = new Nginx(
            new Daemon(folder, Programs.Required(Program), ["-p", folder, "-c", $"{folder}/nginx.conf", "-e", "stderr"], "127.0.0.1",
                [port]), certificate.GetCertHashString());
        await nginx.daemon.StartAsync(ct);
        return nginx;
    }

    /// <summary>Trusts the certificate of this one alone.</summary>
    public SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, presented, _, _) =>
            presented?.GetCertHashString() == certificate },
    };

    public ValueTask DisposeAsync() => daemon.DisposeAsync();
}

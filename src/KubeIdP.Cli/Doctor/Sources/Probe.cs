using System.Net;
using System.Net.Http;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using KubeIdP.Cli.Doctor.Facts;
using KubeIdP.Cli.Network;
using KubeIdP.Core.Network;

namespace KubeIdP.Cli.Doctor.Sources;

/// <summary>
/// Connects to one server as the program does that is looked at: by its proxy and with its rule of trust. It sees the certificate also
/// where it then refuses the connection, so that nothing is ever sent to a server that this program does not trust.
/// </summary>
internal sealed class Probe : IDisposable
{
    private const int LargestAnswer = 4 << 20;

    // Without and with the TLS handshake.
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(7);

    private readonly TrustRule rule;
    private readonly X509Certificate2Collection? authority;
    private readonly string? tlsName;
    private readonly TimeProvider clock;
    private readonly HttpClient http;

    /// <param name="tlsName">The name that the certificate must have; null for that of the address.</param>
    public Probe(TrustRule rule, X509Certificate2Collection? authority, string? tlsName, ProxyRoute? proxy, TimeProvider clock)
    {
        this.rule = rule;
        this.authority = authority;
        this.tlsName = tlsName;
        this.clock = clock;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = HandshakeLimit,
            UseProxy = proxy is not null,
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = Accepts },
            ConnectCallback = async (context, ct) =>
                await Outbound.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, ConnectLimit, clock, ct),
        };
        if (proxy is not null) handler.Proxy = new OneProxy(proxy.Proxy, CredentialsOf(proxy.Proxy));
        http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = LargestAnswer };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("kubeidp-doctor");
    }

    /// <summary>What the server has shown; null before a handshake.</summary>
    public CertificateFacts? Certificate { get; private set; }

    /// <summary>The answer, or why there is none.</summary>
    public async Task<(HttpFacts? Answer, string? Fault)> AskAsync(HttpRequestMessage request, CancellationToken ct)
    {
        var (answer, fault) = await SendAsync(request, async (response, sent, start, limited) =>
        {
            var roundTrip = clock.GetElapsedTime(start);
            var body = await response.Content.ReadAsStringAsync(limited);
            return new HttpFacts(
                (int)response.StatusCode, body, response.Headers.Date,
                response.Headers.TryGetValues("Cache-Control", out var values) ? string.Join(", ", values) : null, sent, roundTrip);
        }, ct);
        return (answer, fault);
    }

    /// <summary>The status and the lines that begin with this.</summary>
    public async Task<(int? Status, IReadOnlyList<string> Lines)> ReadLinesAsync(
        HttpRequestMessage request, string prefix, CancellationToken ct)
    {
        var (answer, _) = await SendAsync<(int? Status, IReadOnlyList<string> Lines)?>(request, async (response, _, _, limited) =>
        {
            var lines = new List<string>();
            if (response.StatusCode is HttpStatusCode.OK)
            {
                using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(limited));
                while (await reader.ReadLineAsync(limited) is { } line)
                    if (line.StartsWith(prefix, StringComparison.Ordinal)) lines.Add(line);
            }

            return ((int)response.StatusCode, lines);
        }, ct);
        return answer ?? (null, []);
    }

    public void Dispose() => http.Dispose();

    private static NetworkCredential? CredentialsOf(Uri proxy)
    {
        if (proxy.UserInfo.Length == 0) return null;

        var parts = proxy.UserInfo.Split(':', 2);
        return new NetworkCredential(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
    }

    private async Task<(T? Answer, string? Fault)> SendAsync<T>(
        HttpRequestMessage request, Func<HttpResponseMessage, DateTimeOffset, long, CancellationToken, Task<T>> read, CancellationToken ct)
    {
        var url = request.RequestUri!;
        if (tlsName is not null) request.Headers.Host = tlsName;
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limited.CancelAfter(Limit);
        var (sent, start) = (clock.GetUtcNow(), clock.GetTimestamp());
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limited.Token);
            return (await read(response, sent, start, limited.Token), null);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return (default, OutageText.ForTimeout(url, Limit));
        }
        catch (HttpRequestException fault)
        {
            return (default, OutageText.For(url, fault, tls: null, proxy: null));
        }
        catch (IOException fault)
        {
            return (default, $"The answer of {url.Authority} broke off: {fault.Message}");
        }
    }

    private bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 leaf) return false;

        Certificate = new CertificateFacts(
            leaf.Issuer, new DateTimeOffset(leaf.NotBefore.ToUniversalTime()), new DateTimeOffset(leaf.NotAfter.ToUniversalTime()),
            !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch), !errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors),
            authority is null ? null : CertificateCheck.IsIssuedBy(authority, leaf, chain));
        return Certificate.IsAccepted(rule);
    }
}

using System.Net.Http;
using System.Net.Security;
using KubeIdP.Core.Network;

namespace KubeIdP.Cli.Network;

/// <summary>
/// Calls one issuer: over TLS, to any of its addresses, through the proxy that the environment names. It follows no redirects and keeps no
/// cookies, so that the issuer can't send a token elsewhere.
/// </summary>
internal sealed class IssuerHttp : IDisposable
{
    private const int LargestAnswer = 1 << 20;

    // A page of a long list, or the personal data of one person.
    private const int LargestApiAnswer = 16 << 20;

    // Nobody answers at all; and with the TLS handshake, which a server or a machine that is busy takes its time for.
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private readonly CertificateCheck check;
    private readonly SocketsHttpHandler handler;
    private readonly HttpClient http;

    public IssuerHttp(CertificateAuthority? authority, TimeProvider clock)
    {
        check = new CertificateCheck(authority?.Certificates(), clock);
        handler = CreateHandler(check, clock);
        http = new HttpClient(handler)
        {
            Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = LargestAnswer,
        };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("kubeidp");
    }

    /// <summary>A client with a timeout of its own, over the same connections. It must not be used after this object is disposed.</summary>
    /// <param name="outer">What each request passes before it is sent.</param>
    /// <param name="timeout">Of a whole call.</param>
    public HttpClient CreateClient(DelegatingHandler outer, TimeSpan timeout)
    {
        outer.InnerHandler = handler;
        var client = new HttpClient(outer, disposeHandler: false) 
        {
            Timeout = timeout, MaxResponseContentBufferSize = LargestApiAnswer,
        };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("kubeidp");
        return client;
    }

    public async Task<HttpAnswer> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        var url = request.RequestUri!;
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limited.CancelAfter(Limit);
        try
        {
            using var response = await http.SendAsync(request, limited.Token);
            return new HttpAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync(limited.Token));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new Outage(limited.IsCancellationRequested ? OutageText.ForTimeout(url, Limit) : OutageText.ForConnectTimeout(url));
        }
        catch (HttpRequestException fault)
        {
            throw OutageOf(url, fault);
        }
    }

    /// <summary>Why a request to this URL had no answer.</summary>
    public Outage OutageOf(Uri url, HttpRequestException fault) => new(OutageText.For(url, fault, check.Fault, ProxyFor(url)));

    public void Dispose() => http.Dispose();

    private static SocketsHttpHandler CreateHandler(CertificateCheck check, TimeProvider clock) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = HandshakeLimit,
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = check.Accepts },
        ConnectCallback = async (context, ct) =>
            await Outbound.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, ConnectLimit, clock, ct),
    };

    private static Uri? ProxyFor(Uri url) =>
        HttpClient.DefaultProxy.IsBypassed(url) ? null : HttpClient.DefaultProxy.GetProxy(url) is { } proxy && proxy != url ? proxy : null;
}

/// <summary>What an issuer answered.</summary>
internal sealed record HttpAnswer(int Status, string Body);

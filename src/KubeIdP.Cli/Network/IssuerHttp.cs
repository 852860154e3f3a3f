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

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private readonly CertificateCheck check;
    private readonly HttpClient http;

    public IssuerHttp(CertificateAuthority? authority, TimeProvider clock)
    {
        check = new CertificateCheck(authority?.Certificates(), clock);
        http = new HttpClient(CreateHandler(check, clock))
        {
            Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = LargestAnswer,
        };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("kubeidp");
    }

    /// <summary>How to call, for clients that bring their own requests.</summary>
    public HttpClient Client => http;

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
            throw new Outage(OutageText.For(url, fault, check.Fault, ProxyFor(url)));
        }
    }

    public void Dispose() => http.Dispose();

    private static SocketsHttpHandler CreateHandler(CertificateCheck check, TimeProvider clock) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = ConnectLimit,
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = check.Accepts },
        ConnectCallback = async (context, ct) =>
            await Outbound.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, ConnectLimit, clock, ct),
    };

    private static Uri? ProxyFor(Uri url) =>
        HttpClient.DefaultProxy.IsBypassed(url) ? null : HttpClient.DefaultProxy.GetProxy(url) is { } proxy && proxy != url ? proxy : null;
}

/// <summary>What an issuer answered.</summary>
internal sealed record HttpAnswer(int Status, string Body);

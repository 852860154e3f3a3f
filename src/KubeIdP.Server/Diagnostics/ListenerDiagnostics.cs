using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Hosting;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Diagnostics;

/// <summary>
/// Checks for <c>check</c> whether a server could listen on an address. An address that a running server with this configuration uses is
/// fine.
/// </summary>
/// <param name="issuer">The issuer of the checked configuration.</param>
/// <param name="certificateFile">The certificate that a server of this configuration serves; the file may be missing.</param>
internal sealed class ListenerDiagnostics(IssuerUrl issuer, string certificateFile)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <param name="url">The URL as configured.</param>
    /// <param name="key">Its configuration key.</param>
    /// <param name="isForManagement">Whether it is the management listener.</param>
    /// <param name="ct">Cancels the request to the process that already listens there.</param>
    public async Task<Finding> RunAsync(string url, string key, bool isForManagement, CancellationToken ct)
    {
        var listen = ListenAddress.Parse(url);
        IPAddress[] addresses = listen.Address is { } one
            ? [one]
            : listen.IsWildcard ? [IPAddress.IPv6Any] : [IPAddress.Loopback, IPAddress.IPv6Loopback];
        foreach (var address in addresses)
        {
            try
            {
                using var listener = new TcpListener(address, listen.Port);
                if (address.Equals(IPAddress.IPv6Any)) listener.Server.DualMode = true;
                listener.Start();
            }
            catch (SocketException fault) when (fault.SocketErrorCode is SocketError.AddressAlreadyInUse)
            {
                return await IsOursAsync(listen, isForManagement, ct)
                    ? Finding.Right(key, $"{url} is held by a running server of this issuer")
                    : Finding.Wrong(key, $"{url} is in use already.", ListenFault.FixOf(fault.SocketErrorCode, key));
            }
            catch (SocketException fault) when (fault.SocketErrorCode is SocketError.AccessDenied)
            {
                return Finding.Wrong(key, $"This account may not listen on {url}.", ListenFault.FixOf(fault.SocketErrorCode));
            }
            catch (SocketException fault) when (addresses.Length == 1)
            {
                return Finding.Wrong(key, $"{url} can't be used: {fault.Message}", ListenFault.FixOf(fault.SocketErrorCode));
            }
            catch (SocketException)
            {
                // A machine without IPv6 has only one loopback address, which is sufficient for the server.
            }
        }

        return Finding.Right(key, $"{url} is free");
    }

    /// <summary>
    /// Sends a request that only a server of this issuer answers correctly: for its issuer, or on the management listener for its
    /// readiness.
    /// </summary>
    private async Task<bool> IsOursAsync(ListenAddress listen, bool isForManagement, CancellationToken ct)
    {
        var path = isForManagement ? "/readyz" : $"{issuer.Uri.AbsolutePath.TrimEnd('/')}{Issuer.PreparedDocuments.OpenIdConfiguration}";
        var host = listen.IsWildcard
            ? "localhost"
            : listen.Address is { AddressFamily: AddressFamily.InterNetworkV6 } ? $"[{listen.Host}]" : listen.Host;
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, SslOptions = OurCertificate() };
        using var client = new HttpClient(handler) { Timeout = Timeout, MaxResponseContentBufferSize = 64 * 1024 };
        try
        {
            using var answer = await client.GetAsync(new Uri($"{(listen.IsHttps ? "https" : "http")}://{host}:{listen.Port}{path}"), ct);
            var text = await answer.Content.ReadAsStringAsync(ct);
            return isForManagement ? text.Contains("]running ", StringComparison.Ordinal) : IssuerIn(text) == issuer.Value;
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException or OperationCanceledException
            && !ct.IsCancellationRequested)
        {
            return false;
        }
    }

    private static string? IssuerIn(string document)
    {
        using var json = JsonDocument.Parse(document);
        return json.RootElement.ValueKind is JsonValueKind.Object && json.RootElement.TryGetProperty("issuer", out var issuer)
            && issuer.ValueKind is JsonValueKind.String ? issuer.GetString() : null;
    }

    /// <summary>Accepts exactly the certificate in the configured file. Another finding reports whether it is valid.</summary>
    private SslClientAuthenticationOptions OurCertificate() => new()
    {
        RemoteCertificateValidationCallback = (_, served, _, _) =>
        {
            try
            {
                using var ours = X509Certificate2.CreateFromPem(File.ReadAllText(certificateFile));
                return served is not null && ours.RawDataMemory.Span.SequenceEqual(served.GetRawCertData());
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
            {
                return false;
            }
        },
    };
}

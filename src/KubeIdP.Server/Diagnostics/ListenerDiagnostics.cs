using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Hosting;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Diagnostics;

/// <summary>
/// Checks for <c>check</c> whether a server could listen on an address. An address that a running server with this configuration uses is
/// fine. One that a server uses which would answer otherwise is doubtful: it is likely the same server with the configuration or the
/// certificate from before a change, or one that is not ready yet, and the check is made to see whether a restart would work.
/// </summary>
/// <param name="issuer">The issuer of the checked configuration.</param>
/// <param name="certificateFile">The certificate that a server of this configuration serves; the file may be missing.</param>
internal sealed class ListenerDiagnostics(IssuerUrl issuer, string certificateFile)
{
    private static readonly IPAddress[] Loopback = [IPAddress.Loopback, IPAddress.IPv6Loopback];

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <param name="url">The URL as configured.</param>
    /// <param name="key">Its configuration key.</param>
    /// <param name="isForManagement">Whether it is the management listener.</param>
    /// <param name="ct">Cancels the request to the process that already listens there.</param>
    public async Task<Finding> RunAsync(string url, string key, bool isForManagement, CancellationToken ct)
    {
        var listen = ListenAddress.Parse(url);
        IPAddress[] addresses = listen.Address is { } one ? [one] : listen.IsWildcard ? [IPAddress.IPv6Any] : Loopback;
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
                return await HolderOfAsync(listen, isForManagement, ct) switch
                {
                    Holder.Ours => Finding.Right(key, $"{url} is held by a running server of this issuer"),
                    Holder.Alike => Finding.Doubtful(key,
                        $"{url} is held by a running server that does not answer as this configuration says.",
                        "Right if it is this server before a restart with what was changed, or before it is ready. Otherwise end it, or "
                        + $"choose another address in {key}."),
                    _ => Finding.Wrong(key, $"{url} is in use already.", ListenFault.FixOf(fault.SocketErrorCode, key)),
                };
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
    /// readiness. What is not quite correct shows by itself: the certificate, another issuer, an error in the form of OAuth.
    /// </summary>
    private async Task<Holder> HolderOfAsync(ListenAddress listen, bool isForManagement, CancellationToken ct)
    {
        var path = isForManagement ? "/readyz" : $"{issuer.Uri.AbsolutePath.TrimEnd('/')}{Issuer.PreparedDocuments.OpenIdConfiguration}";
        var host = listen.IsWildcard
            ? "localhost"
            : listen.Address is { AddressFamily: AddressFamily.InterNetworkV6 } ? $"[{listen.Host}]" : listen.Host;
        var isOurCertificate = !listen.IsHttps;
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false, AllowAutoRedirect = false,

            // A machine without a name service and without /etc/hosts has no localhost.
            ConnectCallback = (_, stop) => ConnectAsync(listen.Address is { } one ? [one] : Loopback, listen.Port, stop),
            SslOptions = new SslClientAuthenticationOptions
            {
                // Nothing is told to whoever answers, and nothing that they say is believed without the certificate in the configured file.
                RemoteCertificateValidationCallback = (_, served, _, _) =>
                {
                    isOurCertificate = served is not null && IsOurs(served.GetRawCertData());
                    return served is not null;
                },
            },
        };
        using var client = new HttpClient(handler) { Timeout = Timeout, MaxResponseContentBufferSize = 64 * 1024 };
        try
        {
            using var answer = await client.GetAsync(new Uri($"{(listen.IsHttps ? "https" : "http")}://{host}:{listen.Port}{path}"), ct);
            var text = await answer.Content.ReadAsStringAsync(ct);
            if (isForManagement) return text.Contains("]running ", StringComparison.Ordinal) ? Holder.Ours : Holder.Unknown;
            if (isOurCertificate && JsonAnswer.MemberOf(text, "issuer") == issuer.Value) return Holder.Ours;
            return (listen.IsHttps && isOurCertificate) || JsonAnswer.MemberOf(text, "issuer") is not null
                || JsonAnswer.MemberOf(text, "error") is not null ? Holder.Alike : Holder.Unknown;
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            return Holder.Unknown;
        }
    }

    private static async ValueTask<Stream> ConnectAsync(IPAddress[] addresses, int port, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(addresses, port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether it is exactly the certificate in the configured file. Another finding reports whether it is valid.</summary>
    private bool IsOurs(byte[] served)
    {
        try
        {
            using var ours = X509Certificate2.CreateFromPem(File.ReadAllText(certificateFile));
            return ours.RawDataMemory.Span.SequenceEqual(served);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Who listens on an address.</summary>
    private enum Holder
    {
        Unknown,

        /// <summary>A server that answers as this configuration says.</summary>
        Ours,

        /// <summary>A server of this certificate or with OpenID Connect, which does not.</summary>
        Alike,
    }
}

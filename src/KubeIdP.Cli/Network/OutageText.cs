using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;

namespace KubeIdP.Cli.Network;

/// <summary>Why a request had no answer, as a sentence: which host, why, what to do.</summary>
internal static class OutageText
{
    /// <param name="tls">What is wrong with the certificate, if the handshake was refused for it.</param>
    /// <param name="proxy">The proxy of the environment on the way to this URL; null for none.</param>
    public static string For(Uri url, HttpRequestException fault, TlsFault? tls, Uri? proxy)
    {
        var sentence = tls is not null ? ForCertificate(url, tls) : For(url.Authority, url.Host, fault, proxy?.Authority);
        return proxy is null
            ? sentence
            : $"{sentence} The way there leads through the proxy {proxy.Authority} (HTTPS_PROXY, ALL_PROXY; NO_PROXY excludes hosts).";
    }

    /// <summary>Nobody answered in time.</summary>
    public static string ForTimeout(Uri url, TimeSpan limit) =>
        $"{url.Authority} did not answer within {limit.TotalSeconds:F0} seconds. Check the network or the VPN of this machine, and try "
        + "again.";

    /// <summary>Nobody took the connection in time.</summary>
    public static string ForConnectTimeout(Uri url) =>
        $"{url.Authority} did not take the connection in time. Check the network or the VPN of this machine.";

    /// <summary>An answer that is none of an issuer.</summary>
    public static string ForStranger(Uri url, int status) =>
        $"{url} answered with status {status} and not as an issuer does. Another server, a proxy or the sign-in page of a network "
        + "may be in between.";

    private static string For(string authority, string host, HttpRequestException fault, string? proxy)
    {
        var at = proxy ?? authority;
        if (Inner<SocketException>(fault) is { } socket)
        {
            return socket.SocketErrorCode switch
            {
                SocketError.HostNotFound or SocketError.NoData =>
                    $"The name {(proxy is null ? host : at)} can't be found. Check its spelling, and the network or the VPN of this "
                    + "machine.",
                SocketError.TryAgain =>
                    $"The name {(proxy is null ? host : at)} could not be looked up. Check the network of this machine, and try again.",
                SocketError.ConnectionRefused => $"{at} refused the connection: nothing listens there. Try again later.",
                SocketError.HostUnreachable or SocketError.NetworkUnreachable =>
                    $"{at} can't be reached from this network. Check the network or the VPN of this machine.",
                SocketError.TimedOut => $"{at} did not take the connection in time. Check the network or the VPN of this machine.",
                SocketError.ConnectionReset => $"{at} closed the connection. Try again.",
                _ => $"{at} can't be reached: {socket.Message}.",
            };
        }

        if (Inner<TimeoutException>(fault) is not null || Inner<OperationCanceledException>(fault) is not null)
            return $"{at} did not take the connection in time. Check the network or the VPN of this machine.";
        if (fault.HttpRequestError is HttpRequestError.ProxyTunnelError)
            return $"The proxy did not let the connection to {authority} through: {fault.Message}";
        if (Inner<AuthenticationException>(fault) is { } handshake)
            return $"The TLS handshake with {authority} failed: {(handshake.InnerException ?? handshake).Message}";
        return Inner<IOException>(fault) is not null || fault.HttpRequestError is HttpRequestError.ResponseEnded
            ? $"{authority} closed the connection without an answer. Try again."
            : $"{authority} could not be asked: {fault.Message}";
    }

    private static string ForCertificate(Uri url, TlsFault tls) => tls.Kind switch
    {
        TlsFaultKind.OtherName => $"The certificate of {url.Authority} is for another name than {url.Host}. Check the address.",
        TlsFaultKind.Expired =>
            $"The certificate of {url.Authority} is valid from {tls.NotBefore:u} to {tls.NotAfter:u}, which is not now. If the clock "
            + "of this machine is right, an administrator must renew it.",
        TlsFaultKind.UnknownAuthority when tls.AuthorityGiven =>
            $"The certificate of {url.Authority} comes from neither the given certificate authority nor one that this machine "
            + "trusts. Check --certificate-authority, or get the kubeconfig again.",
        TlsFaultKind.UnknownAuthority =>
            $"This machine does not trust the certificate authority of {url.Authority}. Name its file with --certificate-authority.",
        _ => $"The certificate of {url.Authority} can't be used: {tls.Detail}.",
    };

    private static T? Inner<T>(Exception? fault)
        where T : Exception
    {
        for (; fault is not null; fault = fault.InnerException)
            if (fault is T found) return found;
        return null;
    }
}

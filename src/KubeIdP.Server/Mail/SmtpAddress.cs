using System.Net;
using MailKit.Security;

namespace KubeIdP.Server.Mail;

/// <param name="IsTls">Whether TLS is used from the first byte.</param>
internal sealed record SmtpAddress(string Host, int Port, bool IsTls)
{
    // RFC 8314 §3.3 and RFC 6409 §3.1
    private const int TlsPort = 465;
    private const int SubmissionPort = 587;

    /// <summary>TLS is always required, except for a relay on this machine, judged by the configured name.</summary>
    public SecureSocketOptions Security => (IsTls, IsLoopback) switch
    {
        (true, _) => SecureSocketOptions.SslOnConnect,
        (false, true) => SecureSocketOptions.StartTlsWhenAvailable,
        (false, false) => SecureSocketOptions.StartTls,
    };

    private bool IsLoopback => Host == "localhost" || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>Null when this is not the URL of a mail server.</summary>
    public static SmtpAddress? Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("smtp" or "smtps") || uri.Host.Length == 0)
            return null;
        if (uri.UserInfo.Length > 0 || uri.AbsolutePath.Length > 1 || uri.Query.Length > 0 || uri.Fragment.Length > 0) return null;

        var isTls = uri.Scheme == "smtps";
        return new(uri.IdnHost.Trim('[', ']'),
            uri.Port > 0 && !(uri.IsDefaultPort && uri.Port == 25) ? uri.Port : isTls ? TlsPort : SubmissionPort, isTls);
    }
}

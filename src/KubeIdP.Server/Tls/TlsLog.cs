namespace KubeIdP.Server.Tls;

internal static partial class TlsLog
{
    [LoggerMessage(1011, LogLevel.Information, "Serving a TLS certificate with serial {Serial}, valid until {NotAfter:u}")]
    public static partial void CertificateInUse(this ILogger logger, string serial, DateTimeOffset notAfter);

    [LoggerMessage(1012, LogLevel.Error, "The TLS certificate could not be renewed or reloaded; the one in use stays, valid until {NotAfter:u}: {Cause}")]
    public static partial void CertificateKept(this ILogger logger, DateTimeOffset notAfter, string cause);

    [LoggerMessage(1013, LogLevel.Warning, "A new certificate authority was made, because {Why}. Whoever trusted the former one has to be given {File} again: browsers and systems, kubeconfigs, API servers")]
    public static partial void AuthorityReplaced(this ILogger logger, string file, string why);
}

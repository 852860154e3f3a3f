namespace KubeIdP.Server.Tls;

internal static partial class TlsLog
{
    [LoggerMessage(1011, LogLevel.Information, "Serving a TLS certificate with serial {Serial}, valid until {NotAfter:u}")]
    public static partial void CertificateInUse(this ILogger logger, string serial, DateTimeOffset notAfter);

    [LoggerMessage(1012, LogLevel.Error,
        "The TLS certificate could not be renewed or reloaded; the current one stays in use and is valid until {NotAfter:u}: {Cause}")]
    public static partial void CertificateNotReplaced(this ILogger logger, DateTimeOffset notAfter, string cause);

    [LoggerMessage(1013, LogLevel.Warning,
        "A new certificate authority was created, because {Why}. Everything that trusted the previous one needs the new {File}: "
        + "browsers, operating systems, kubeconfigs, API servers")]
    public static partial void AuthorityReplaced(this ILogger logger, string file, string why);
}

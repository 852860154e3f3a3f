namespace KubeIdP.Server.Tls;

public sealed record TlsOptions
{
    /// <summary>
    /// A PEM file with the server's certificate and its chain. Default: a certificate of the server's own certificate authority in the data
    /// directory.
    /// </summary>
    public string? CertificateFile { get; init; }

    /// <summary>The PEM file with the certificate's private key; required with <see cref="CertificateFile"/>.</summary>
    public string? KeyFile { get; init; }
}

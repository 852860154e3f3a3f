namespace KubeIdP.Server.Tls;

public sealed record TlsOptions
{
    /// <summary>A PEM file with the certificate and its chain. Absent: a certificate of our own authority under the data directory.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>The PEM file with the certificate's private key; needed with <see cref="CertificateFile"/>.</summary>
    public string? KeyFile { get; init; }
}

namespace KubeIdP.Server.Tls;

/// <summary>Where this server's certificate comes from.</summary>
internal interface ICertificateSource
{
    /// <summary>How often to check for a new certificate.</summary>
    TimeSpan CheckInterval { get; }

    /// <summary>
    /// The pair to serve now; equal to the previous result while nothing has changed. Throws <see cref="IOException"/> or
    /// <see cref="UnauthorizedAccessException"/> when the files can't be read or written.
    /// </summary>
    PemPair Read();
}

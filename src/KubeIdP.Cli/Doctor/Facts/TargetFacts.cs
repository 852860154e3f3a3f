namespace KubeIdP.Cli.Doctor.Facts;

/// <summary>How a server was reached.</summary>
internal sealed record TargetFacts
{
    /// <summary>The option that names an authority.</summary>
    public const string AuthorityOption = "--certificate-authority";

    /// <summary>"The issuer" or "the API server", as the subject of a sentence.</summary>
    public required string Name { get; init; }

    public required Uri Url { get; init; }

    public required TrustRule Rule { get; init; }

    /// <summary>Where the authority is named, to say where to change it.</summary>
    public required string AuthorityPlace { get; init; }

    /// <summary>Why the given authority can't be read; null if it can, or if none is given.</summary>
    public string? AuthorityFault { get; init; }

    /// <summary>The proxy on the way; null for none.</summary>
    public ProxyRoute? Proxy { get; init; }

    public required NameFacts Host { get; init; }

    /// <summary>Null if there was no handshake.</summary>
    public CertificateFacts? Certificate { get; init; }

    /// <summary>Why there is no answer; null if there is one.</summary>
    public string? Fault { get; init; }

    /// <summary>What it answered to the first question: the discovery document, or the version.</summary>
    public HttpFacts? Answer { get; init; }

    public string Authority => Url.Authority;
}

/// <summary>An answer of HTTP.</summary>
/// <param name="Date">Its header of this name; null if it has none.</param>
/// <param name="SentAt">When it was asked, by this machine's clock.</param>
internal sealed record HttpFacts(
    int Status, string Body, DateTimeOffset? Date, string? CacheControl, DateTimeOffset SentAt, TimeSpan RoundTrip);

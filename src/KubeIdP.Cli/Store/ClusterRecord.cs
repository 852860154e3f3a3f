namespace KubeIdP.Cli.Store;

/// <summary>The tokens of one cluster: <c>cluster-NAME.json</c>.</summary>
internal sealed record ClusterRecord
{
    public const int CurrentVersion = 1;

    public required int Version { get; init; }

    public required string Issuer { get; init; }

    public required string Cluster { get; init; }

    /// <summary>The <see cref="SessionRecord.Login"/> that it came from.</summary>
    public required string Login { get; init; }

    /// <summary>The ID token, which the API server accepts.</summary>
    public required string Token { get; init; }

    public required Lifespan Life { get; init; }

    public required string RefreshToken { get; init; }

    /// <summary>Whether it replaced a token that an API server had refused.</summary>
    public bool AfterRefusal { get; init; }
}

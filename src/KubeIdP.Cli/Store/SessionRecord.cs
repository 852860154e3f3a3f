using System.Text.Json.Serialization;

namespace KubeIdP.Cli.Store;

/// <summary>Who is signed in at one issuer: <c>session.json</c>.</summary>
internal sealed record SessionRecord
{
    public const int CurrentVersion = 1;

    public required int Version { get; init; }

    /// <summary>As it is configured, byte for byte.</summary>
    public required string Issuer { get; init; }

    /// <summary>The certificate authority that this login trusts beside those of the machine, as PEM; null for none.</summary>
    public string? CertificateAuthority { get; init; }

    /// <summary>
    /// Chosen at each login. The files of clusters name it, so that none of an earlier login, perhaps of somebody else, is ever used.
    /// </summary>
    public required string Login { get; init; }

    public StoredPerson? Person { get; init; }

    /// <summary>The login itself. Null after the server has said that it is over, or if only an administrator's grant is there.</summary>
    public StoredGrant? Self { get; init; }

    /// <summary>The grant of the administration's verbs.</summary>
    public StoredGrant? Admin { get; init; }

    /// <inheritdoc cref="Lifespan.IsPossible"/>
    [JsonIgnore]
    public bool IsPossible => (CertificateAuthority is null || Network.CertificateAuthority.IsPem(CertificateAuthority))
        && Self is not { IsPossible: false } && Admin is not { IsPossible: false };
}

/// <summary>What was last known about the person.</summary>
/// <param name="Username">The user name, or the subject where the server has not said more.</param>
/// <param name="EndsAt">When the session ends at the latest, by the server's clock.</param>
/// <param name="KnownAt">When the server said so, by this machine's clock.</param>
internal sealed record StoredPerson(
    string Subject, string Username, string? Name, string? Email, IReadOnlyList<string> Groups, DateTimeOffset? EndsAt,
    DateTimeOffset KnownAt);

/// <summary>A grant of this program's own client.</summary>
internal sealed record StoredGrant
{
    public required string RefreshToken { get; init; }

    public required string AccessToken { get; init; }

    /// <summary>That of the access token.</summary>
    public required Lifespan Life { get; init; }

    /// <summary>Of an administrator's grant: how long it can be refreshed after the login.</summary>
    public Lifespan? Refreshable { get; init; }

    /// <inheritdoc cref="Lifespan.IsPossible"/>
    [JsonIgnore]
    public bool IsPossible => Life.IsPossible && Refreshable is not { IsPossible: false };
}

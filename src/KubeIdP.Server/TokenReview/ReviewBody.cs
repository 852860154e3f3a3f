using System.Text.Json.Serialization;

namespace KubeIdP.Server.TokenReview;

/// <summary>
/// A <c>TokenReview</c> of <c>authentication.k8s.io/v1</c>, as request and as response; <c>v1beta1</c> has the same shape.
/// </summary>
internal sealed record ReviewBody
{
    public static readonly IReadOnlyList<string> ApiVersions = ["authentication.k8s.io/v1", "authentication.k8s.io/v1beta1"];

    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    /// <summary>Only in requests: the token is not sent back.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReviewSpec? Spec { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReviewStatus? Status { get; init; }

    public bool IsReview => Kind == "TokenReview" && ApiVersions.Contains(ApiVersion, StringComparer.Ordinal) && Spec is not null;
}

/// <param name="Token">The token that was sent to the API server; untrusted.</param>
/// <param name="Audiences">The token must be valid for at least one of these; none: the API server.</param>
internal sealed record ReviewSpec(string? Token, IReadOnlyList<string>? Audiences);

internal sealed record ReviewStatus(
    bool Authenticated,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ReviewUserInfo? User = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Audiences = null)
{
    /// <summary>Without a reason, because the API server passes it on to the caller, who might be guessing.</summary>
    public static ReviewStatus No { get; } = new(Authenticated: false);
}

internal sealed record ReviewUserInfo(string Username, string Uid, IReadOnlyList<string> Groups,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Extra);

using System.Text.Json.Serialization;

namespace KubeIdP.Server.TokenReview;

/// <summary>A <c>TokenReview</c> of <c>authentication.k8s.io/v1</c>, as it comes and as it goes back; <c>v1beta1</c> has the same shape.</summary>
internal sealed record ReviewBody
{
    public static readonly IReadOnlyList<string> ApiVersions = ["authentication.k8s.io/v1", "authentication.k8s.io/v1beta1"];

    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    /// <summary>Only in what comes: the token is not sent back.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReviewSpec? Spec { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReviewStatus? Status { get; init; }

    public bool IsReview => Kind == "TokenReview" && ApiVersions.Contains(ApiVersion, StringComparer.Ordinal) && Spec is not null;
}

/// <param name="Token">What somebody showed to the API server: hostile.</param>
/// <param name="Audiences">Whom the token must be meant for, one at least; none: the API server.</param>
internal sealed record ReviewSpec(string? Token, IReadOnlyList<string>? Audiences);

internal sealed record ReviewStatus(
    bool Authenticated,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ReviewUserInfo? User = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Audiences = null)
{
    /// <summary>Without a reason: whoever guesses would learn from it, and the API server hands it on.</summary>
    public static ReviewStatus No { get; } = new(Authenticated: false);
}

internal sealed record ReviewUserInfo(string Username, string Uid, IReadOnlyList<string> Groups, IReadOnlyDictionary<string, IReadOnlyList<string>> Extra);

using System.Text.Json.Serialization;
using KubeIdP.Cli.Api;

namespace KubeIdP.Cli.SignIn;

/// <summary>A refusal (RFC 9457).</summary>
internal sealed record Problem
{
    public string? Detail { get; init; }

    public string? Reference { get; init; }
}

/// <summary>What <c>kubeidp whoami</c> shows.</summary>
/// <param name="EndsAt">When the session ends at the latest; null if the server has not said.</param>
/// <param name="Session">Null when the server could not be asked.</param>
/// <param name="IsStored">Whether the server could not be asked, and this is what it said earlier.</param>
/// <param name="Clusters">Null when the server could not be asked.</param>
internal sealed record WhoAmI(
    string Issuer, string Subject, string Username, string? Name, string? Email, IReadOnlyList<string> Groups,
    DateTimeOffset? EndsAt, SelfLogin? Session, IReadOnlyList<SelfCluster>? Clusters, bool IsStored, DateTimeOffset KnownAt);

/// <summary>The API for oneself as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SelfPerson))]
[JsonSerializable(typeof(List<SelfCluster>))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(WhoAmI))]
internal sealed partial class SelfJson : JsonSerializerContext;

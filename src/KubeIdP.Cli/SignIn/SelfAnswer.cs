using System.Text.Json.Serialization;

namespace KubeIdP.Cli.SignIn;

/// <summary>Who one is, as the API answers (<c>GET /api/v1/self</c>).</summary>
internal sealed record SelfAnswer
{
    public required string Subject { get; init; }

    public required string Username { get; init; }

    public string? Name { get; init; }

    public string? Email { get; init; }

    public string? Upstream { get; init; }

    public IReadOnlyList<string> Groups { get; init; } = [];

    public SelfSession? Session { get; init; }
}

/// <summary>The session of this login.</summary>
internal sealed record SelfSession
{
    public string? Id { get; init; }

    public DateTimeOffset? SignedInAt { get; init; }

    public IReadOnlyList<string> Methods { get; init; } = [];

    public DateTimeOffset? EndsAt { get; init; }

    public string? Address { get; init; }

    public string? Device { get; init; }
}

/// <summary>A cluster that one may use (<c>GET /api/v1/self/clusters</c>).</summary>
internal sealed record SelfCluster
{
    public required string Name { get; init; }

    public string? Title { get; init; }
}

/// <summary>A refusal (RFC 9457).</summary>
internal sealed record Problem
{
    public string? Detail { get; init; }

    public string? Reference { get; init; }
}

/// <summary>What <c>kubeidp whoami</c> shows.</summary>
/// <param name="IsStored">Whether the server could not be asked, and this is what it said earlier.</param>
/// <param name="Clusters">Null when the server could not be asked.</param>
internal sealed record WhoAmI(
    string Issuer, string Subject, string Username, string? Name, string? Email, IReadOnlyList<string> Groups, SelfSession? Session,
    IReadOnlyList<SelfCluster>? Clusters, bool IsStored, DateTimeOffset KnownAt);

/// <summary>The API for oneself as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SelfAnswer))]
[JsonSerializable(typeof(List<SelfCluster>))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(WhoAmI))]
internal sealed partial class SelfJson : JsonSerializerContext;

using KubeIdP.Core.Identifiers;

namespace KubeIdP.Server.Authorize;

/// <summary>The request for which a login is started.</summary>
internal sealed record LoginRequest(string Endpoint, string Query, string? Destination)
{
    public ClientId? ClientId { get; init; }

    public string? RedirectOrigin { get; init; }

    public string? LoginHint { get; init; }
}

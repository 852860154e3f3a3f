using System.Collections.Immutable;
using KubeIdP.Core.Identifiers;
using static OpenIddict.Abstractions.OpenIddictConstants;
using May = OpenIddict.Abstractions.OpenIddictConstants.Permissions;
using Must = OpenIddict.Abstractions.OpenIddictConstants.Requirements;

namespace KubeIdP.Server.Clients;

/// <summary>A relying party of the running configuration, in the terms that OpenIddict asks for.</summary>
internal sealed record Client(ClientId Id, ClientOptions Options)
{
    /// <summary>A program on a person's machine can't keep a secret (RFC 8252 §8.4).</summary>
    public bool IsPublic => Options.Kind is ClientKind.Cluster or ClientKind.Admin;

    public string Name => Options.Name ?? Id.Value;

    public ClientGroups Groups { get; } = new(Options.Groups);

    /// <summary>kubelogin requests only "openid", so tokens for a cluster always contain all that an API server needs.</summary>
    public bool GetsEverything => Options.Kind is ClientKind.Cluster;

    public ImmutableArray<string> Permissions { get; } = Options.Kind is ClientKind.Service ? OfService(Options) :
    [
        May.Endpoints.Authorization,
        May.Endpoints.Token,
        May.Endpoints.Revocation,
        May.Endpoints.EndSession,
        .. GrantTypesOf(Options),
        May.ResponseTypes.Code,
        .. IssuerScopes.All.Select(scope => May.Prefixes.Scope + scope),
        .. Options.Kind is ClientKind.Admin ? [May.Prefixes.Scope + ApiScopes.Admin] : ImmutableArray<string>.Empty,
    ];

    /// <summary>Whether the client may request a scope; <c>openid</c> is allowed for every client that people sign in to.</summary>
    public bool MayAskFor(string scope) => scope == Scopes.OpenId || Permissions.Contains(May.Prefixes.Scope + scope);

    // RFC 9700 §2.1.1: required of public clients, and verified for a confidential client that uses it.
    public ImmutableArray<string> Requirements { get; } =
        Options.Kind is ClientKind.Cluster or ClientKind.Admin ? [Must.Features.ProofKeyForCodeExchange] : [];

    private static IEnumerable<string> GrantTypesOf(ClientOptions options) =>
        GrantType.All.Where(type => type.IsFor(options)).Select(type => May.Prefixes.GrantType + type.Name);

    private static ImmutableArray<string> OfService(ClientOptions options) =>
        [May.Endpoints.Token, .. GrantTypesOf(options), .. options.Scopes.Select(scope => May.Prefixes.Scope + scope)];
}

using System.Collections.Immutable;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Sessions;
using KubeIdP.Data.Sessions;
using static OpenIddict.Abstractions.OpenIddictConstants;
using May = OpenIddict.Abstractions.OpenIddictConstants.Permissions;
using Must = OpenIddict.Abstractions.OpenIddictConstants.Requirements;

namespace KubeIdP.Server.Clients;

/// <summary>A relying party of the running configuration, in the terms that OpenIddict asks for.</summary>
internal sealed class Client
{
    /// <param name="id">The client id.</param>
    /// <param name="options">Its entry in the configuration.</param>
    /// <param name="cli">The options of the program kubeidp, for its built-in client; null for every other.</param>
    public Client(ClientId id, RelyingPartyOptions options, CliOptions? cli = null)
    {
        (Id, Options, IsCli) = (id, options, cli is not null);
        Groups = new(options.Groups);
        Access = new(options.Access);
        DeviceCode = (Cluster?.DeviceCode ?? cli?.DeviceCode) is { } device ? new(device) : null;
        Permissions = Kind is ClientKind.Service ? OfService() : OfPeople();
        Origins = Kind is ClientKind.Spa ? [.. options.RedirectUris.Select(RedirectUri.WebOriginOf).Distinct(StringComparer.Ordinal)] : [];
        Audiences = [.. Kind is ClientKind.Web ? [id.Value] : ImmutableArray<string>.Empty, .. Application?.ResourceServers ?? []];

        // RFC 9700 §2.1.1: required of public clients, and verified for a confidential client that uses it.
        Requirements = IsPublic ? [Must.Features.ProofKeyForCodeExchange] : [];
    }

    public ClientId Id { get; }

    public RelyingPartyOptions Options { get; }

    /// <summary>The key of its entry in the configuration, for messages to administrators.</summary>
    public string Key => IsCli ? "cli" : $"{(Cluster is null ? "clients" : "clusters")}.{Id}";

    /// <summary>Null for a client that is no cluster.</summary>
    public ClusterOptions? Cluster => Options as ClusterOptions;

    /// <summary>Null for a cluster.</summary>
    public ClientOptions? Application => Options as ClientOptions;

    /// <summary>Null for a cluster.</summary>
    public ClientKind? Kind => Application?.Kind;

    /// <summary>
    /// Whether it is the built-in client of the program kubeidp, the only one that may act for a person at their own API and exchange its
    /// login for tokens of clusters.
    /// </summary>
    public bool IsCli { get; }

    /// <summary>A program on a person's machine or in their browser can't keep a secret (RFC 8252 §8.4).</summary>
    public bool IsPublic => Kind is null or ClientKind.Native or ClientKind.Spa or ClientKind.Admin;

    /// <summary>
    /// Those from which the pages of an application in the browser call this server, as browsers write them (RFC 6454 §6.2); empty for
    /// every other kind.
    /// </summary>
    public ImmutableArray<string> Origins { get; }

    /// <summary>
    /// The clients that its access tokens are for, beside userinfo: its resource servers, and itself if it has a secret. Only they may
    /// introspect them. Tokens for the API of this server have another audience instead.
    /// </summary>
    public ImmutableArray<string> Audiences { get; }

    public string Name => Cluster?.Title ?? Application?.Name ?? Id.Value;

    public ClientGroups Groups { get; }

    public ClientAccess Access { get; }

    /// <summary>Who may sign in with a device code; null: nobody.</summary>
    public DeviceCodeAccess? DeviceCode { get; }

    /// <summary>kubelogin requests only "openid", so tokens for a cluster always contain all that an API server needs.</summary>
    public bool GetsEverything => Cluster is not null;

    public ImmutableArray<string> Permissions { get; }

    /// <summary>Null if the person may get tokens of this client; otherwise the sentence that says which group is missing.</summary>
    public string? AccessRefusalOf(PersonSnapshot person) =>
        Access.Allows(person.Connector, person.Groups) ? null : Access.RefusalOf(Id);

    /// <summary>The same for a grant: also whether its session, if it began with a device code, may be used here.</summary>
    public string? AccessRefusalOf(GrantSnapshot grant) => AccessRefusalOf(grant.Person)
        ?? (grant.SessionKind is SessionKind.Device ? DeviceCodeRefusalOf(grant.Person) : null);

    /// <summary>Null if the person may sign in with a device code, beside what access requires; otherwise the reason.</summary>
    public string? DeviceCodeRefusalOf(PersonSnapshot person) =>
        DeviceCode is null ? DeviceCodeAccess.NotOffered(Id) : DeviceCode.RefusalOf(person, Id);

    /// <summary>Whether the client may request a scope; <c>openid</c> is allowed for every client that people sign in to.</summary>
    public bool MayAskFor(string scope) => scope == Scopes.OpenId || Permissions.Contains(May.Prefixes.Scope + scope);

    public ImmutableArray<string> Requirements { get; }

    private ImmutableArray<string> OfPeople() =>
    [
        May.Endpoints.Authorization,
        May.Endpoints.Token,
        May.Endpoints.Revocation,
        May.Endpoints.EndSession,
        .. IsPublic ? ImmutableArray<string>.Empty : [May.Endpoints.Introspection],
        .. DeviceCode is null ? ImmutableArray<string>.Empty : [May.Endpoints.DeviceAuthorization],
        .. GrantTypes(),
        May.ResponseTypes.Code,
        .. IssuerScopes.All.Select(scope => May.Prefixes.Scope + scope),
        .. Kind is ClientKind.Admin ? [May.Prefixes.Scope + ApiScopes.Admin] : ImmutableArray<string>.Empty,
        .. IsCli ? [May.Prefixes.Scope + ApiScopes.Self] : ImmutableArray<string>.Empty,
    ];

    private ImmutableArray<string> OfService() =>
    [
        May.Endpoints.Token,
        May.Endpoints.Introspection,
        .. GrantTypes(),
        .. Application!.Scopes.Select(scope => May.Prefixes.Scope + scope),
    ];

    private IEnumerable<string> GrantTypes() =>
        GrantType.All.Where(type => type.IsFor(this)).Select(type => May.Prefixes.GrantType + type.Name);
}

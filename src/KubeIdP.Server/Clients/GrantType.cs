using static OpenIddict.Abstractions.OpenIddictConstants;
using Parameter = OpenIddict.Abstractions.OpenIddictConstants.Parameters;

namespace KubeIdP.Server.Clients;

/// <summary>
/// A way to obtain tokens at the token endpoint (RFC 6749 §1.3): who may use it, and what it is asked with. What is allowed, offered in
/// discovery and known as a parameter follows from this list; what it does is a handler of its own in Tokens.
/// </summary>
/// <param name="Name">The registered name, <c>grant_type</c>.</param>
/// <param name="IsFor">Whether a client may use it.</param>
/// <param name="Parameters">What a request has beside the client's authentication.</param>
internal sealed record GrantType(string Name, Func<Client, bool> IsFor, params IReadOnlyList<string> Parameters)
{
    public static IReadOnlyList<GrantType> All { get; } =
    [
        new(GrantTypes.AuthorizationCode, HasPeople, Parameter.Code, Parameter.RedirectUri, Parameter.CodeVerifier),
        new(GrantTypes.RefreshToken, HasPeople, Parameter.RefreshToken, Parameter.Scope),
        new(GrantTypes.DeviceCode, client => client.DeviceCode is not null, Parameter.DeviceCode),
        new(GrantTypes.ClientCredentials, UsesApi, Parameter.Scope),
        new(GrantTypes.TokenExchange, client => client.IsCli, Parameter.SubjectToken, Parameter.SubjectTokenType,
            Parameter.RequestedTokenType, Parameter.Audience, Parameter.ActorToken, Parameter.ActorTokenType, Parameter.Resource),
    ];

    // A service without scopes is only a resource server.
    private static bool UsesApi(Client client) => client.Application is { Kind: ClientKind.Service, Scopes.Count: > 0 };

    private static bool HasPeople(Client client) => client.Kind is not ClientKind.Service;
}

using KubeIdP.Server.Runtime;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Server.OpenIddictServerEvents;
using static OpenIddict.Server.OpenIddictServerHandlers;

namespace KubeIdP.Server.Tokens;

/// <summary>
/// Codes and tokens: one file per grant type, the claims, revocation and userinfo. It runs inside OpenIddict, after its checks; other
/// features decide how a person gets a session.
/// </summary>
internal static class TokensSetup
{
    public static IServiceCollection AddTokens(this IServiceCollection services)
    {
        services.AddOpenIddict().AddServer(AddHandlers);
        return services
            .AddSingleton<GrantUsability>()
            .AddSingleton<IdTokenSize>()
            .AddSingleton<GroupsLeftOut>()
            .AddSingleton<TokenContent>()
            .AddSingleton<CodeRedemption>()
            .AddInstruments<TokenMetrics>();
    }

    private static void AddHandlers(OpenIddictServerBuilder server) => server
        .RegisterClaims(TokenClaims.Supported)
        .AddEventHandler<HandleTokenRequestContext>(handler => handler
            .UseSingletonHandler<AuthorizationCodeGrantType>().SetOrder(Exchange.AttachPrincipal.Descriptor.Order + 1_000))
        .AddEventHandler<HandleTokenRequestContext>(handler => handler
            .UseSingletonHandler<RefreshTokenGrantType>().SetOrder(Exchange.AttachPrincipal.Descriptor.Order + 2_000))
        .AddEventHandler<HandleTokenRequestContext>(handler => handler
            .UseSingletonHandler<ClientCredentialsGrantType>().SetOrder(Exchange.AttachPrincipal.Descriptor.Order + 3_000))
        .AddEventHandler<ValidateTokenRequestContext>(handler => handler
            .UseSingletonHandler<InvalidTarget>().SetOrder(Exchange.ValidateAudiences.Descriptor.Order - 1))
        .AddEventHandler<HandleTokenRequestContext>(handler => handler
            .UseSingletonHandler<TokenExchangeGrantType>().SetOrder(Exchange.AttachPrincipal.Descriptor.Order + 4_000))
        .AddEventHandler<ProcessSignInContext>(handler => handler
            .UseSingletonHandler<IssueTokens.RequireSubject>().SetOrder(OpenIddictServerHandlers.ValidateSignInDemand.Descriptor.Order + 1))
        .AddEventHandler<ProcessSignInContext>(handler => handler
            .UseSingletonHandler<IssueTokens.DecideRefreshToken>().SetOrder(EvaluateGeneratedTokens.Descriptor.Order + 1))
        .AddEventHandler<ProcessSignInContext>(handler => handler
            .UseSingletonHandler<IssueTokens.Fill>().SetOrder(PrepareUserCodePrincipal.Descriptor.Order + 1))
        .AddEventHandler<GenerateTokenContext>(handler => handler
            .UseSingletonHandler<IssueTokens.ChooseSigningKey>().SetOrder(Protection.AttachSecurityCredentials.Descriptor.Order + 1))
        .AddEventHandler<ProcessSignInContext>(handler => handler
            .UseSingletonHandler<IssueTokens.RefuseStale>().SetOrder(GenerateIdentityToken.Descriptor.Order + 1))
        .RemoveEventHandler(Revocation.RevokeToken.Descriptor)
        .AddEventHandler<HandleRevocationRequestContext>(handler => handler
            .UseSingletonHandler<RevokeGrant>().SetOrder(Revocation.RevokeToken.Descriptor.Order))
        .AddEventHandler<HandleUserInfoRequestContext>(handler => handler
            .UseSingletonHandler<DescribePerson>().SetOrder(UserInfo.AttachAudiences.Descriptor.Order + 1))
        .AddEventHandler<ApplyUserInfoResponseContext>(handler => handler
            .UseSingletonHandler<AnsweredClaims.KeepEmptyList>().SetOrder(int.MinValue + 100_000))
        .RemoveEventHandler(Introspection.AttachApplicationClaims.Descriptor)
        .AddEventHandler<HandleIntrospectionRequestContext>(handler => handler
            .UseSingletonHandler<IntrospectToken>().SetOrder(Introspection.AttachApplicationClaims.Descriptor.Order))
        .AddEventHandler<ApplyIntrospectionResponseContext>(handler => handler
            .UseSingletonHandler<ProtocolErrors.AtIntrospection>()
            .SetOrder(Introspection.NormalizeErrorResponse.Descriptor.Order - 1))
        .AddEventHandler<ApplyIntrospectionResponseContext>(handler => handler
            .UseSingletonHandler<AnsweredClaims.KeepEmptyList>()
            .SetOrder(Introspection.NormalizeErrorResponse.Descriptor.Order + 1))
        .AddEventHandler<ApplyIntrospectionResponseContext>(handler => handler
            .UseSingletonHandler<ProtocolErrors.Outages>()
            .SetOrder(OpenIddictServerAspNetCoreHandlers.AttachHttpResponseCode<ApplyIntrospectionResponseContext>.Descriptor.Order + 1))
        .AddEventHandler<ApplyUserInfoResponseContext>(handler => handler.UseSingletonHandler<ProtocolErrors.Outages>()
            .SetOrder(OpenIddictServerAspNetCoreHandlers.AttachHttpResponseCode<ApplyUserInfoResponseContext>.Descriptor.Order + 1))
        .AddEventHandler<ApplyTokenResponseContext>(handler => handler.UseSingletonHandler<ProtocolErrors.AtTokenEndpoint>()
            .SetOrder(ProtocolErrors.Order));
}

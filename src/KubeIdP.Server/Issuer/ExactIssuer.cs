using KubeIdP.Server.Configuration;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace KubeIdP.Server.Issuer;

/// <summary>
/// API servers compare the issuer byte for byte. OpenIddict keeps it as a <see cref="Uri"/>, which turns <c>https://idp.example.com</c>
/// into
/// <c>https://idp.example.com/</c>: here it is replaced by the configured text wherever it is sent. The feature Tokens does so for ID
/// tokens.
/// </summary>
internal static class ExactIssuer
{
    public static OpenIddictServerBuilder AddExactIssuer(this OpenIddictServerBuilder server) => server
        .AddEventHandler<ApplyConfigurationResponseContext>(handler => handler
            .UseSingletonHandler<InDiscovery>().SetOrder(int.MinValue + 100_000))
        .AddEventHandler<ApplyAuthorizationResponseContext>(handler => handler
            .UseSingletonHandler<InAuthorizationResponse>()
            .SetOrder(OpenIddictServerHandlers.Authentication.AttachIssuer.Descriptor.Order + 1))
        .AddEventHandler<ValidateTokenContext>(handler => handler
            .UseSingletonHandler<InHints>()
            .SetOrder(OpenIddictServerHandlers.Protection.ResolveTokenValidationParameters.Descriptor.Order + 1));

    private sealed class InDiscovery(IssuerUrl issuer) : IOpenIddictServerHandler<ApplyConfigurationResponseContext>
    {
        public ValueTask HandleAsync(ApplyConfigurationResponseContext context)
        {
            if (context.Response.Error is not null) return default;

            context.Response[Metadata.Issuer] = issuer.Value;
            return default;
        }
    }

    private sealed class InAuthorizationResponse(IssuerUrl issuer) : IOpenIddictServerHandler<ApplyAuthorizationResponseContext>
    {
        public ValueTask HandleAsync(ApplyAuthorizationResponseContext context)
        {
            // RFC 9207: a client compares it with the discovered issuer before it redeems the code.
            if (context.Response[Parameters.Iss] is not null) context.Response[Parameters.Iss] = issuer.Value;
            return default;
        }
    }

    private sealed class InHints(IssuerUrl issuer) : IOpenIddictServerHandler<ValidateTokenContext>
    {
        public ValueTask HandleAsync(ValidateTokenContext context)
        {
            // The issuer of a client assertion is the client itself.
            if (!ServiceAssertions.IsAssertion(context)) context.TokenValidationParameters.ValidIssuers = [issuer.Value];
            return default;
        }
    }
}

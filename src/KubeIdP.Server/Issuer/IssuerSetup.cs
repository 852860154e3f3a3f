using System.Security.Cryptography;
using KubeIdP.Data.Keys;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Keys;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace KubeIdP.Server.Issuer;

/// <summary>
/// OpenIddict as this issuer uses it: its endpoints, clients from the configuration, the signing keys, discovery. What a code or token means is in
/// the feature Tokens, which adds its handlers itself; nothing here weakens OpenIddict's own checks (decisions/0001).
/// </summary>
internal static class IssuerSetup
{
    public static IServiceCollection AddIssuer(this IServiceCollection services)
    {
        services.AddSingleton<SigningKeyOptions>().AddSingleton<UsedAssertionStore>();
        services.AddSingleton<IConfigureOptions<OpenIddictServerOptions>>(provider => provider.GetRequiredService<SigningKeyOptions>());
        services.AddSingleton<IOptionsChangeTokenSource<OpenIddictServerOptions>>(provider => provider.GetRequiredService<SigningKeyOptions>());
        services.AddSingleton<PreparedDocuments>().AddHostedService<KeyRotation>();

        services.AddOpenIddict()
            .AddCore(core =>
            {
                core.SetDefaultApplicationEntity<Client>()
                    .ReplaceApplicationStore<Client, ConfiguredClientStore>(ServiceLifetime.Singleton)
                    .ReplaceApplicationManager<Client, ConfiguredClientManager>();
                core.SetDefaultScopeEntity<NoScope>().ReplaceScopeStore<NoScope, NoScopeStore>(ServiceLifetime.Singleton);

                // The store is a dictionary already.
                core.DisableEntityCaching();
            })
            .AddServer(server =>
            {
                server.SetAuthorizationEndpointUris(WithinIssuer(EndpointPaths.Authorize))
                    .SetTokenEndpointUris(WithinIssuer(EndpointPaths.Token))
                    .SetUserInfoEndpointUris(WithinIssuer(EndpointPaths.UserInfo))
                    .SetRevocationEndpointUris(WithinIssuer(EndpointPaths.Revocation))
                    .SetEndSessionEndpointUris(WithinIssuer(EndpointPaths.Logout))
                    .SetConfigurationEndpointUris(WithinIssuer(PreparedDocuments.OpenIdConfiguration), WithinIssuer(PreparedDocuments.AuthorizationServer))
                    .SetJsonWebKeySetEndpointUris(WithinIssuer(PreparedDocuments.Jwks));

                server.AllowAuthorizationCodeFlow().AllowRefreshTokenFlow();
                server.RegisterScopes([Scopes.OpenId, .. IssuerScopes.All]);
                server.SetAuthorizationCodeLifetime(TimeSpan.FromSeconds(60));

                // Grants of our own hold what OpenIddict would keep in rows: see AddTokens.
                server.DisableTokenStorage().DisableAuthorizationStorage();

                // Codes, access and refresh tokens are sealed with the data-protection ring, the same on all replicas; ID tokens are signed.
                server.UseDataProtection();

                // OpenIddict demands an encryption key for tokens in JWT form. None of ours takes that form, so nothing is ever sealed with this one.
                server.AddEncryptionKey(new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)));

                server.UseAspNetCore()
                    .EnableAuthorizationEndpointPassthrough()
                    .EnableEndSessionEndpointPassthrough()
                    .EnableStatusCodePagesIntegration();

                server.Configure(options =>
                {
                    // RFC 9700 §2.1.1: "plain" protects nothing against whoever can read the request.
                    options.CodeChallengeMethods.Remove(CodeChallengeMethods.Plain);
                    options.ResponseModes.Remove(ResponseModes.Fragment);
                });

                server.AddRequestChecks();
                server.AddEventHandler<HandleConfigurationRequestContext>(handler => handler
                    .UseSingletonHandler<DiscoveryDocument>().SetOrder(OpenIddictServerHandlers.Discovery.AttachAdditionalMetadata.Descriptor.Order + 1));
                server.AddExactIssuer();
                server.AddServiceAssertions();
            });

        services.AddOptions<OpenIddictServerOptions>().Configure<IssuerUrl, ClientCatalog>((options, issuer, clients) =>
        {
            options.Issuer = issuer.Uri;

            // What no client here is registered for is not offered.
            foreach (var type in GrantType.All.Where(type => clients.All.Any(client => type.IsFor(client.Options)))) options.GrantTypes.Add(type.Name);
            if (!clients.All.Any(client => client.Options.Kind is ClientKind.Service))
                options.ClientAuthenticationMethods.Remove(ClientAuthenticationMethods.PrivateKeyJwt);
            if (clients.All.Any(client => client.Options.Kind is ClientKind.Admin)) options.Scopes.Add(ApiScopes.Admin);
            foreach (var scope in clients.All.SelectMany(client => client.Options.Scopes)) options.Scopes.Add(scope);
        });

        // After OpenIddict, which lets an id_token_hint be told by the published keys alone.
        services.AddSingleton<IPostConfigureOptions<OpenIddictServerOptions>, BelievedKeys>();
        return services;
    }

    /// <summary>To OpenIddict a leading slash is the root of the host, which is outside an issuer with a path.</summary>
    private static string WithinIssuer(string path) => path.TrimStart('/');

    public static void UsePreparedDocuments(this IApplicationBuilder app)
    {
        app.Use(next => http => EndpointPaths.NameAsync(http, next));
        app.Use(next => http => app.ApplicationServices.GetRequiredService<PreparedDocuments>().ServeAsync(http, next));
    }

    /// <summary>
    /// RS256 first: it signs where a client chose nothing, and an API server configured by flags accepts nothing else. When keys change OpenIddict's
    /// options are made anew, and with them the documents.
    /// </summary>
    private sealed class SigningKeyOptions : IConfigureOptions<OpenIddictServerOptions>, IOptionsChangeTokenSource<OpenIddictServerOptions>, IDisposable
    {
        private readonly SigningKeys keys;
        private CancellationTokenSource change = new();

        public SigningKeyOptions(SigningKeys keys, PreparedDocuments documents)
        {
            this.keys = keys;
            keys.Changed += () =>
            {
                Interlocked.Exchange(ref change, new CancellationTokenSource()).Cancel();
                documents.Forget();
            };
        }

        public string Name => Options.DefaultName;

        public void Configure(OpenIddictServerOptions options) => options.SigningCredentials.AddRange(keys.Published);

        public void Dispose() => change.Dispose();

        public IChangeToken GetChangeToken() => new CancellationChangeToken(Volatile.Read(ref change).Token);
    }

    private sealed class BelievedKeys(SigningKeys keys) : IPostConfigureOptions<OpenIddictServerOptions>
    {
        public void PostConfigure(string? name, OpenIddictServerOptions options) => options.TokenValidationParameters.IssuerSigningKeys = keys.Believed;
    }
}

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
/// Sets up OpenIddict: its endpoints, the clients from the configuration, the signing keys and discovery. The feature Tokens defines codes
/// and tokens, and adds its handlers itself. Nothing here weakens OpenIddict's own checks (decisions/0001).
/// </summary>
internal static class IssuerSetup
{
    public static IServiceCollection AddIssuer(this IServiceCollection services)
    {
        services.AddSingleton<SigningKeyOptions>();
        services.AddSingleton<UsedAssertionStore>();
        services.AddSingleton<IConfigureOptions<OpenIddictServerOptions>>(provider => provider.GetRequiredService<SigningKeyOptions>());
        services.AddSingleton<IOptionsChangeTokenSource<OpenIddictServerOptions>>(provider =>
            provider.GetRequiredService<SigningKeyOptions>());
        services.AddSingleton<PreparedDocuments>();
        services.AddCors();
        services.AddHostedService<KeyRotation>();

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
                    .SetConfigurationEndpointUris(WithinIssuer(PreparedDocuments.OpenIdConfiguration),
                        WithinIssuer(PreparedDocuments.AuthorizationServer))
                    .SetJsonWebKeySetEndpointUris(WithinIssuer(PreparedDocuments.Jwks));

                server.AllowAuthorizationCodeFlow().AllowRefreshTokenFlow();
                server.RegisterScopes([Scopes.OpenId, .. IssuerScopes.All]);
                server.SetAuthorizationCodeLifetime(TimeSpan.FromSeconds(60));

                // The server's own grants replace OpenIddict's rows: see AddTokens.
                server.DisableTokenStorage().DisableAuthorizationStorage();

                // Codes, access and refresh tokens are protected by the data-protection keys, which all replicas share; ID tokens are
                // signed.
                server.UseDataProtection();

                // OpenIddict requires an encryption key for encrypted JWTs. This server issues none, so this key is never used.
                server.AddEncryptionKey(new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)));

                server.UseAspNetCore()
                    .EnableAuthorizationEndpointPassthrough()
                    .EnableEndSessionEndpointPassthrough()
                    .EnableStatusCodePagesIntegration();

                server.Configure(options =>
                {
                    // RFC 9700 §2.1.1: "plain" gives no protection against somebody who can read the request.
                    options.CodeChallengeMethods.Remove(CodeChallengeMethods.Plain);
                    options.ResponseModes.Remove(ResponseModes.Fragment);
                });

                server.AddRequestChecks();
                server.AddEventHandler<HandleConfigurationRequestContext>(handler => handler
                    .UseSingletonHandler<DiscoveryDocument>()
                    .SetOrder(OpenIddictServerHandlers.Discovery.AttachAdditionalMetadata.Descriptor.Order + 1));
                server.AddExactIssuer();
                server.AddServiceAssertions();
            });

        services.AddOptions<OpenIddictServerOptions>().Configure<IssuerUrl, ClientCatalog>((options, issuer, clients) =>
        {
            options.Issuer = issuer.Uri;

            // A grant type that no client may use is not offered. The feature DeviceCode adds its own.
            foreach (var type in GrantType.All.Where(type =>
                type.Name != GrantTypes.DeviceCode && clients.All.Any(client => type.IsFor(client))))
                options.GrantTypes.Add(type.Name);
            if (!clients.All.Any(client => client.Kind is ClientKind.Service))
                options.ClientAuthenticationMethods.Remove(ClientAuthenticationMethods.PrivateKeyJwt);
            if (clients.HasConfidential) options.IntrospectionEndpointUris.Add(
                new Uri(WithinIssuer(EndpointPaths.Introspection), UriKind.Relative));
            if (clients.All.Any(client => client.Kind is ClientKind.Admin)) options.Scopes.Add(ApiScopes.Admin);
            if (clients.All.Any(client => client.IsCli)) options.Scopes.Add(ApiScopes.Self);

            // A login is exchanged for the ID token of a cluster and for nothing else; whether the person may use the cluster is checked
            // when the token is issued.
            options.Audiences.UnionWith(clients.Clusters.Select(cluster => cluster.Id.Value));
            options.IgnoreAudiencePermissions = true;
            options.SubjectTokenTypes.IntersectWith([TokenTypeIdentifiers.AccessToken]);
            options.RequestedTokenTypes.Clear();
            options.RequestedTokenTypes.Add(TokenTypeIdentifiers.IdentityToken);
            options.DefaultRequestedTokenType = TokenTypeIdentifiers.IdentityToken;
            foreach (var scope in clients.All.SelectMany(client => client.Application?.Scopes ?? [])) options.Scopes.Add(scope);
        });

        // After OpenIddict, which validates an id_token_hint only with the published keys.
        services.AddSingleton<IPostConfigureOptions<OpenIddictServerOptions>, AcceptedKeys>();
        return services;
    }

    /// <summary>For OpenIddict a leading slash means the root of the host, which is outside of an issuer with a path.</summary>
    private static string WithinIssuer(string path) => path.TrimStart('/');

    public static void UsePreparedDocuments(this IApplicationBuilder app)
    {
        app.Use(next => http => EndpointPaths.NameAsync(http, next));
        app.Use(next => http => app.ApplicationServices.GetRequiredService<PreparedDocuments>().ServeAsync(http, next));
    }

    /// <summary>
    /// RS256 first: it is the default for clients, and the only algorithm that an API server that is configured by flags accepts by
    /// default. When keys change, OpenIddict's options and the documents are created again.
    /// </summary>
    private sealed class SigningKeyOptions : IConfigureOptions<OpenIddictServerOptions>, IOptionsChangeTokenSource<OpenIddictServerOptions>,
        IDisposable
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

    private sealed class AcceptedKeys(SigningKeys keys) : IPostConfigureOptions<OpenIddictServerOptions>
    {
        public void PostConfigure(string? name, OpenIddictServerOptions options) =>
            options.TokenValidationParameters.IssuerSigningKeys = keys.Accepted;
    }
}

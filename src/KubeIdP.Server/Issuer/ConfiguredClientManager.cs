using KubeIdP.Server.Clients;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Core;

namespace KubeIdP.Server.Issuer;

/// <summary>
/// OpenIddict's client checks, with this server's rules for redirect URIs (<see cref="RedirectUri"/>) and secrets (<see
/// cref="ClientSecret"/>).
/// </summary>
internal sealed class ConfiguredClientManager(
    IOpenIddictApplicationCache<Client> cache,
    ILogger<OpenIddictApplicationManager<Client>> logger,
    IOptionsMonitor<OpenIddictCoreOptions> options,
    IOpenIddictApplicationStore<Client> store)
    : OpenIddictApplicationManager<Client>(cache, logger, options, store)
{
    public override ValueTask<bool> ValidateRedirectUriAsync(Client application, string uri,
        CancellationToken cancellationToken = default) =>
        new(application.Options.RedirectUris.Any(registered => RedirectUri.Matches(registered, uri)));

    public override ValueTask<bool> ValidatePostLogoutRedirectUriAsync(Client application, string uri,
        CancellationToken cancellationToken = default) =>
        new(application.Options.PostLogoutRedirectUris.Any(registered => RedirectUri.Matches(registered, uri)));

    public override ValueTask<bool> ValidateClientSecretAsync(Client application, string secret,
        CancellationToken cancellationToken = default) =>
        new(ClientSecret.Matches(secret, application.Application?.SecretHash));
}

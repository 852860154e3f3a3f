using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using KubeIdP.Server.Clients;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;

#nullable disable warnings // OpenIddict's interfaces are older than the annotations.
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace KubeIdP.Server.Issuer;

/// <summary>
/// Provides OpenIddict with the configured clients, so that its own checks of client, redirect URI, grant type and scope need no query.
/// Clients come from the configuration, so every method that writes throws.
/// </summary>
internal sealed class ConfiguredClientStore(ClientCatalog catalog) : IOpenIddictApplicationStore<Client>
{
    public ValueTask<Client> FindByIdAsync(string identifier, CancellationToken ct) => new(catalog.Find(identifier));

    public ValueTask<Client> FindByClientIdAsync(string identifier, CancellationToken ct) => new(catalog.Find(identifier));

    public IAsyncEnumerable<Client> FindByRedirectUriAsync(string uri, CancellationToken ct) =>
        catalog.All.Where(client => client.Options.RedirectUris.Any(registered => RedirectUri.Matches(registered, uri)))
            .ToAsyncEnumerable();

    public IAsyncEnumerable<Client> FindByPostLogoutRedirectUriAsync(string uri, CancellationToken ct) =>
        catalog.All.Where(client => client.Options.PostLogoutRedirectUris.Any(registered => RedirectUri.Matches(registered, uri)))
            .ToAsyncEnumerable();

    public IAsyncEnumerable<Client> ListAsync(int? count, int? offset, CancellationToken ct) =>
        catalog.All.Skip(offset ?? 0).Take(count ?? int.MaxValue).ToAsyncEnumerable();

    public ValueTask<long> CountAsync(CancellationToken ct) => new(catalog.All.Count);

    public ValueTask<string> GetIdAsync(Client client, CancellationToken ct) => new(client.Id);

    public ValueTask<string> GetClientIdAsync(Client client, CancellationToken ct) => new(client.Id);

    public ValueTask<string> GetClientTypeAsync(Client client, CancellationToken ct) =>
        new(client.IsPublic ? ClientTypes.Public : ClientTypes.Confidential);

    public ValueTask<string> GetClientSecretAsync(Client client, CancellationToken ct) => new(client.Application?.SecretHash);

    public ValueTask<string> GetApplicationTypeAsync(Client client, CancellationToken ct) =>
        new(client.IsPublic && client.Kind is not ClientKind.Spa ? ApplicationTypes.Native : ApplicationTypes.Web);

    public ValueTask<string> GetConsentTypeAsync(Client client, CancellationToken ct) => new(ConsentTypes.Implicit);

    public ValueTask<string> GetDisplayNameAsync(Client client, CancellationToken ct) => new(client.Name);

    public ValueTask<ImmutableDictionary<CultureInfo, string>> GetDisplayNamesAsync(Client client, CancellationToken ct) =>
        new(ImmutableDictionary<CultureInfo, string>.Empty);

    public ValueTask<JsonWebKeySet> GetJsonWebKeySetAsync(Client client, CancellationToken ct) =>
        new(client.Application?.KeysFile is { } file ? ServiceKeys.Load(file) : null);

    public ValueTask<ImmutableArray<string>> GetPermissionsAsync(Client client, CancellationToken ct) => new(client.Permissions);

    public ValueTask<ImmutableArray<string>> GetRedirectUrisAsync(Client client, CancellationToken ct) =>
        new([.. client.Options.RedirectUris]);

    public ValueTask<ImmutableArray<string>> GetPostLogoutRedirectUrisAsync(Client client, CancellationToken ct) =>
        new([.. client.Options.PostLogoutRedirectUris]);

    public ValueTask<ImmutableDictionary<string, JsonElement>> GetPropertiesAsync(Client client, CancellationToken ct) =>
        new(ImmutableDictionary<string, JsonElement>.Empty);

    public ValueTask<ImmutableArray<string>> GetRequirementsAsync(Client client, CancellationToken ct) => new(client.Requirements);

    public ValueTask<ImmutableDictionary<string, string>> GetSettingsAsync(Client client, CancellationToken ct) =>
        new(ImmutableDictionary<string, string>.Empty);

    ValueTask<long> IOpenIddictApplicationStore<Client>.CountAsync<TResult>(Func<IQueryable<Client>, IQueryable<TResult>> query,
        CancellationToken cancellationToken) => throw ReadOnly();

    ValueTask IOpenIddictApplicationStore<Client>.CreateAsync(Client application, CancellationToken cancellationToken) => throw ReadOnly();

    ValueTask IOpenIddictApplicationStore<Client>.DeleteAsync(Client application, CancellationToken cancellationToken) => throw ReadOnly();

    ValueTask<TResult> IOpenIddictApplicationStore<Client>.GetAsync<TState, TResult>(Func<IQueryable<Client>, TState,
        IQueryable<TResult>> query, TState state, CancellationToken cancellationToken) => throw ReadOnly();

    ValueTask<Client> IOpenIddictApplicationStore<Client>.InstantiateAsync(CancellationToken cancellationToken) => throw ReadOnly();

    IAsyncEnumerable<TResult> IOpenIddictApplicationStore<Client>.ListAsync<TState, TResult>(Func<IQueryable<Client>, TState,
        IQueryable<TResult>> query, TState state, CancellationToken cancellationToken) => throw ReadOnly();

    ValueTask IOpenIddictApplicationStore<Client>.SetApplicationTypeAsync(Client application, string type,
        CancellationToken cancellationToken) => throw ReadOnly();

    ValueTask IOpenIddictApplicationStore<Client>.SetClientIdAsync(Client application, string identifier,
        CancellationToken cancellationToken) => throw ReadOnly();

    ValueTask IOpenIddictApplicationStore<Client>.SetClientSecretAsync(Client application, string secret,
        CancellationToken cancellationToken) => throw ReadOnly();

    ValueTask IOpenIddictApplicationStore<Client>.SetClientTypeAsync(Client application, string type,
        CancellationToken cancellationToken) => throw ReadOnly();

    ValueTask IOpenIddictApplicationStore<Client>.SetConsentTypeAsync(Client application, string type,
        CancellationToken cancellationToken) => throw ReadOnly();

    ValueTask IOpenIddictApplicationStore<Client>.SetDisplayNameAsync(Client application, string name,
        CancellationToken cancellationToken) => throw ReadOnly();

    ValueTask IOpenIddictApplicationStore<Client>.SetDisplayNamesAsync(Client application, ImmutableDictionary<CultureInfo, string> names,
        CancellationToken cancellationToken) => throw ReadOnly();

    ValueTask IOpenIddictApplicationStore<Client>.SetJsonWebKeySetAsync(Client application, JsonWebKeySet set,
        CancellationToken cancellationToken) => throw ReadOnly();

    ValueTask IOpenIddictApplicationStore<Client>.SetPermissionsAsync(Client application, ImmutableArray<string> permissions,
        CancellationToken cancellationToken) => throw ReadOnly();

    ValueTask IOpenIddictApplicationStore<Client>.SetPostLogoutRedirectUrisAsync(Client application, ImmutableArray<string> uris,
        CancellationToken cancellationToken) => throw ReadOnly();

    ValueTask IOpenIddictApplicationStore<Client>.SetPropertiesAsync(Client application,
        ImmutableDictionary<string, JsonElement> properties, CancellationToken cancellationToken) => throw ReadOnly();

    ValueTask IOpenIddictApplicationStore<Client>.SetRedirectUrisAsync(Client application, ImmutableArray<string> uris,
        CancellationToken cancellationToken) => throw ReadOnly();

    ValueTask IOpenIddictApplicationStore<Client>.SetRequirementsAsync(Client application, ImmutableArray<string> requirements,
        CancellationToken cancellationToken) => throw ReadOnly();

    ValueTask IOpenIddictApplicationStore<Client>.SetSettingsAsync(Client application, ImmutableDictionary<string, string> settings,
        CancellationToken cancellationToken) => throw ReadOnly();

    ValueTask IOpenIddictApplicationStore<Client>.UpdateAsync(Client application, CancellationToken cancellationToken) => throw ReadOnly();

    private static NotSupportedException ReadOnly([CallerMemberName] string member = "") =>
        new($"Clients come from the configuration: {member}.");
}

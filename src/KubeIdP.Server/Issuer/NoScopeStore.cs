#nullable disable warnings // OpenIddict's interfaces are older than the annotations.
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using OpenIddict.Abstractions;

namespace KubeIdP.Server.Issuer;

/// <summary>A scope row, of which there are none.</summary>
internal sealed class NoScope;

/// <summary>Every scope is registered in the options; OpenIddict's scope manager finds nothing here, without a query.</summary>
internal sealed class NoScopeStore : IOpenIddictScopeStore<NoScope>
{
    ValueTask<long> IOpenIddictScopeStore<NoScope>.CountAsync(CancellationToken cancellationToken) => new(0L);

    ValueTask<long> IOpenIddictScopeStore<NoScope>.CountAsync<TResult>(Func<IQueryable<NoScope>, IQueryable<TResult>> query,
        CancellationToken cancellationToken) => throw NoRows();

    ValueTask IOpenIddictScopeStore<NoScope>.CreateAsync(NoScope scope, CancellationToken cancellationToken) => throw NoRows();

    ValueTask IOpenIddictScopeStore<NoScope>.DeleteAsync(NoScope scope, CancellationToken cancellationToken) => throw NoRows();

    ValueTask<NoScope> IOpenIddictScopeStore<NoScope>.FindByIdAsync(string identifier, CancellationToken cancellationToken) => default;

    ValueTask<NoScope> IOpenIddictScopeStore<NoScope>.FindByNameAsync(string name, CancellationToken cancellationToken) => default;

    IAsyncEnumerable<NoScope> IOpenIddictScopeStore<NoScope>.FindByNamesAsync(ImmutableArray<string> names,
        CancellationToken cancellationToken) => AsyncEnumerable.Empty<NoScope>();

    IAsyncEnumerable<NoScope> IOpenIddictScopeStore<NoScope>.FindByResourceAsync(string resource, CancellationToken cancellationToken) =>
        AsyncEnumerable.Empty<NoScope>();

    ValueTask<TResult> IOpenIddictScopeStore<NoScope>.GetAsync<TState, TResult>(Func<IQueryable<NoScope>, TState,
        IQueryable<TResult>> query, TState state, CancellationToken cancellationToken) => throw NoRows();

    ValueTask<string> IOpenIddictScopeStore<NoScope>.GetDescriptionAsync(NoScope scope, CancellationToken cancellationToken) =>
        throw NoRows();

    ValueTask<ImmutableDictionary<CultureInfo, string>> IOpenIddictScopeStore<NoScope>.GetDescriptionsAsync(NoScope scope,
        CancellationToken cancellationToken) => throw NoRows();

    ValueTask<string> IOpenIddictScopeStore<NoScope>.GetDisplayNameAsync(NoScope scope, CancellationToken cancellationToken) =>
        throw NoRows();

    ValueTask<ImmutableDictionary<CultureInfo, string>> IOpenIddictScopeStore<NoScope>.GetDisplayNamesAsync(NoScope scope,
        CancellationToken cancellationToken) => throw NoRows();

    ValueTask<string> IOpenIddictScopeStore<NoScope>.GetIdAsync(NoScope scope, CancellationToken cancellationToken) => throw NoRows();

    ValueTask<string> IOpenIddictScopeStore<NoScope>.GetNameAsync(NoScope scope, CancellationToken cancellationToken) => throw NoRows();

    ValueTask<ImmutableDictionary<string, JsonElement>> IOpenIddictScopeStore<NoScope>.GetPropertiesAsync(NoScope scope,
        CancellationToken cancellationToken) => throw NoRows();

    ValueTask<ImmutableArray<string>> IOpenIddictScopeStore<NoScope>.GetResourcesAsync(NoScope scope,
        CancellationToken cancellationToken) => throw NoRows();

    ValueTask<NoScope> IOpenIddictScopeStore<NoScope>.InstantiateAsync(CancellationToken cancellationToken) => throw NoRows();

    IAsyncEnumerable<NoScope> IOpenIddictScopeStore<NoScope>.ListAsync(int? count, int? offset, CancellationToken cancellationToken) =>
        AsyncEnumerable.Empty<NoScope>();

    IAsyncEnumerable<TResult> IOpenIddictScopeStore<NoScope>.ListAsync<TState, TResult>(Func<IQueryable<NoScope>, TState,
        IQueryable<TResult>> query, TState state, CancellationToken cancellationToken) => throw NoRows();

    ValueTask IOpenIddictScopeStore<NoScope>.SetDescriptionAsync(NoScope scope, string description, CancellationToken cancellationToken) =>
        throw NoRows();

    ValueTask IOpenIddictScopeStore<NoScope>.SetDescriptionsAsync(NoScope scope, ImmutableDictionary<CultureInfo, string> descriptions,
        CancellationToken cancellationToken) => throw NoRows();

    ValueTask IOpenIddictScopeStore<NoScope>.SetDisplayNameAsync(NoScope scope, string name, CancellationToken cancellationToken) =>
        throw NoRows();

    ValueTask IOpenIddictScopeStore<NoScope>.SetDisplayNamesAsync(NoScope scope, ImmutableDictionary<CultureInfo, string> names,
        CancellationToken cancellationToken) => throw NoRows();

    ValueTask IOpenIddictScopeStore<NoScope>.SetNameAsync(NoScope scope, string name, CancellationToken cancellationToken) =>
        throw NoRows();

    ValueTask IOpenIddictScopeStore<NoScope>.SetPropertiesAsync(NoScope scope, ImmutableDictionary<string, JsonElement> properties,
        CancellationToken cancellationToken) => throw NoRows();

    ValueTask IOpenIddictScopeStore<NoScope>.SetResourcesAsync(NoScope scope, ImmutableArray<string> resources,
        CancellationToken cancellationToken) => throw NoRows();

    ValueTask IOpenIddictScopeStore<NoScope>.UpdateAsync(NoScope scope, CancellationToken cancellationToken) => throw NoRows();

    private static NotSupportedException NoRows() => new("Scopes come from the options.");
}

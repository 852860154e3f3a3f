using KubeIdP.Core.Upstreams;

namespace KubeIdP.Server.Upstreams;

/// <summary>
/// The upstreams of the running configuration, in its order, and what their connectors can do. Local accounts are always there beside them.
/// </summary>
internal sealed class ConnectorCatalog(IEnumerable<ConfiguredConnector> configured)
{
    private readonly List<ConfiguredConnector> all = [.. configured];

    public IReadOnlyList<ConfiguredConnector> All => all;

    /// <summary>Where accounts can be, local accounts last.</summary>
    public IReadOnlyList<ConnectorId> Choices => [.. all.Select(connector => connector.Id), ConnectorId.Local];

    /// <summary>Those whose people type their password into our own form, local accounts last.</summary>
    public IReadOnlyList<ConnectorId> PasswordChoices =>
        [.. With<IPasswordConnector>().Select(connector => connector.Id), ConnectorId.Local];

    /// <summary>Those whose people sign in on a page of the upstream.</summary>
    public IReadOnlyList<ConnectorId> RedirectChoices => [.. With<IRedirectConnector>().Select(connector => connector.Id)];

    /// <summary>Whom the password form asks when nobody has chosen: whoever configures an upstream has most people there.</summary>
    private ConnectorId DefaultForPasswords => PasswordChoices[0];

    /// <summary>The one of <see cref="Choices"/> with this id; null when it is none of them.</summary>
    public ConnectorId? Choice(string? id) =>
        Choices.Where(choice => choice.Value == id).Select(choice => (ConnectorId?)choice).FirstOrDefault();

    public ConfiguredConnector? Find(ConnectorId id) => all.Find(connector => connector.Id == id);

    /// <summary>The connector with this id; null when there is none, or it lacks the ability.</summary>
    public T? Find<T>(ConnectorId id)
        where T : class, IConnector => Find(id)?.Connector as T;

    /// <summary>The connectors that have an ability.</summary>
    public IEnumerable<T> With<T>()
        where T : class, IConnector => all.Select(connector => connector.Connector).OfType<T>();

    /// <summary>
    /// Whose password a typed name goes with: its domain decides, then what was chosen. A choice that is none is the default. Whoever takes
    /// no password is never the answer, so that none is sent there.
    /// </summary>
    public TypedAccount Resolve(string typed, string? chosen)
    {
        foreach (var connector in all.Where(connector => connector.Connector is IPasswordConnector))
        {
            var names = connector.Domains.Select(domain => TypedAccount.BareName(typed, domain));
            if (names.FirstOrDefault(name => name is not null) is { } bare) return new TypedAccount(connector.Id, bare);
        }

        return new TypedAccount(PasswordChoices.FirstOrDefault(id => id.Value == chosen, DefaultForPasswords), typed);
    }
}

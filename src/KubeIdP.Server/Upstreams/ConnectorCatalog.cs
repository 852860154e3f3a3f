using KubeIdP.Core.Upstreams;

namespace KubeIdP.Server.Upstreams;

/// <summary>
/// The configured upstreams, in the order of the configuration, and what their connectors can do. Local accounts always exist beside them.
/// </summary>
internal sealed class ConnectorCatalog(IEnumerable<ConfiguredConnector> configured)
{
    private readonly List<ConfiguredConnector> all = [.. configured];

    public IReadOnlyList<ConfiguredConnector> All => all;

    /// <summary>All places of accounts, local accounts last.</summary>
    public IReadOnlyList<ConnectorId> Choices => [.. all.Select(connector => connector.Id), ConnectorId.Local];

    /// <summary>Those whose people type their password into this server's form, local accounts last.</summary>
    public IReadOnlyList<ConnectorId> PasswordChoices =>
        [.. With<IPasswordConnector>().Select(connector => connector.Id), ConnectorId.Local];

    /// <summary>Those whose people sign in on a page of the upstream.</summary>
    public IReadOnlyList<ConnectorId> RedirectChoices => [.. With<IRedirectConnector>().Select(connector => connector.Id)];

    /// <summary>The default for the password form: if an upstream is configured, most people have their account there.</summary>
    private ConnectorId DefaultForPasswords => PasswordChoices[0];

    /// <summary>The one of <see cref="Choices"/> with this id; null if there is none.</summary>
    public ConnectorId? Choice(string? id) =>
        Choices.Where(choice => choice.Value == id).Select(choice => (ConnectorId?)choice).FirstOrDefault();

    public ConfiguredConnector? Find(ConnectorId id) => all.Find(connector => connector.Id == id);

    /// <summary>The connector with this id; null if there is none, or it lacks the ability.</summary>
    public T? Find<T>(ConnectorId id)
        where T : class, IConnector => Find(id)?.Connector as T;

    /// <summary>The connectors that have an ability.</summary>
    public IEnumerable<T> With<T>()
        where T : class, IConnector => all.Select(connector => connector.Connector).OfType<T>();

    /// <summary>
    /// The upstream of a typed name: its domain decides, then the person's choice, then the default. An upstream that takes no password is
    /// never returned, so that no password is sent to it.
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

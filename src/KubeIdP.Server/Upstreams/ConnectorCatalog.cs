using KubeIdP.Core.Upstreams;

namespace KubeIdP.Server.Upstreams;

/// <summary>The directories of the running configuration, in its order. Local accounts are always there beside them.</summary>
internal sealed class ConnectorCatalog(IEnumerable<ConfiguredConnector> configured)
{
    private readonly List<ConfiguredConnector> all = [.. configured];

    public IReadOnlyList<ConfiguredConnector> All => all;

    /// <summary>Whom the login page asks when nobody has chosen: whoever configures a directory has most people there.</summary>
    public ConnectorId Default => all is [var first, ..] ? first.Id : ConnectorId.Local;

    /// <summary>All that can be chosen, local accounts last.</summary>
    public IReadOnlyList<ConnectorId> Choices => [.. all.Select(connector => connector.Id), ConnectorId.Local];

    /// <summary>The one of <see cref="Choices"/> with this id; null when it is none of them.</summary>
    public ConnectorId? Choice(string? id) => Choices.Where(choice => choice.Value == id).Select(choice => (ConnectorId?)choice).FirstOrDefault();

    public ConfiguredConnector? Find(ConnectorId id) => all.Find(connector => connector.Id == id);

    /// <summary>Whose accounts a typed name is among: its domain decides, then what was chosen. A choice that is none is the default.</summary>
    public TypedAccount Resolve(string typed, string? chosen)
    {
        foreach (var connector in all)
        {
            if (connector.Domains.Select(domain => TypedAccount.BareName(typed, domain)).FirstOrDefault(name => name is not null) is { } bare)
                return new TypedAccount(connector.Id, bare);
        }

        return new TypedAccount(Choices.FirstOrDefault(id => id.Value == chosen, Default), typed);
    }
}

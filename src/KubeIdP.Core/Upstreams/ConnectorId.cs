using KubeIdP.Core.Identifiers;

namespace KubeIdP.Core.Upstreams;

/// <summary>The name under which the configuration knows an upstream; <see cref="Local"/> is the table of local accounts.</summary>
public readonly record struct ConnectorId(string Value) : IIdentifier
{
    public static readonly ConnectorId Local = new("local");

    public override string ToString() => Value;
}

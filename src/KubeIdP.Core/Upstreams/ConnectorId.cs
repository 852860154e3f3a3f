using KubeIdP.Core.Identifiers;

namespace KubeIdP.Core.Upstreams;

/// <summary>The name of an upstream in the configuration; <see cref="Local"/> stands for the local accounts.</summary>
public readonly record struct ConnectorId(string Value) : IIdentifier
{
    public static readonly ConnectorId Local = new("local");

    public override string ToString() => Value;
}

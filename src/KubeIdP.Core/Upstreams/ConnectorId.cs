using System.Text.Json.Serialization;
using KubeIdP.Core.Identifiers;

namespace KubeIdP.Core.Upstreams;

/// <summary>The name of an upstream in the configuration; <see cref="Local"/> stands for the local accounts.</summary>
[JsonConverter(typeof(IdentifierJsonConverter<ConnectorId>))]
public readonly record struct ConnectorId(string Value) : IIdentifier<ConnectorId>
{
    public static readonly ConnectorId Local = new("local");

    static ConnectorId IIdentifier<ConnectorId>.From(string value) => new(value);

    public override string ToString() => Value;
}

using System.Text.Json.Serialization;

namespace KubeIdP.Core.Identifiers;

/// <summary>The identifier of what one client received in one session: the family of its refresh tokens.</summary>
[JsonConverter(typeof(IdentifierJsonConverter<GrantId>))]
public readonly record struct GrantId(string Value) : IIdentifier<GrantId>
{
    public static implicit operator string(GrantId id) => id.Value;

    static GrantId IIdentifier<GrantId>.From(string value) => new(value);

    public override string ToString() => Value;
}

using System.Text.Json.Serialization;

namespace KubeIdP.Core.Identifiers;

/// <summary>
/// The lasting, opaque identifier of a person, <c>sub</c> in tokens: made by this server, never a user name, and never changed.
/// </summary>
[JsonConverter(typeof(IdentifierJsonConverter<PersonId>))]
public readonly record struct PersonId(string Value) : IIdentifier<PersonId>
{
    public static implicit operator string(PersonId id) => id.Value;

    static PersonId IIdentifier<PersonId>.From(string value) => new(value);

    public override string ToString() => Value;
}

using System.Text.Json.Serialization;

namespace KubeIdP.Core.Identifiers;

/// <summary>The identifier of a relying party, <c>client_id</c> and <c>aud</c> (RFC 6749 §2.2).</summary>
[JsonConverter(typeof(IdentifierJsonConverter<ClientId>))]
public readonly record struct ClientId(string Value) : IIdentifier<ClientId>
{
    public static implicit operator string(ClientId id) => id.Value;

    static ClientId IIdentifier<ClientId>.From(string value) => new(value);

    public override string ToString() => Value;
}

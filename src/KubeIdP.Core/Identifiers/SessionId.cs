using System.Text.Json.Serialization;

namespace KubeIdP.Core.Identifiers;

/// <summary>The identifier of one login of one browser or device, <c>sid</c> in tokens.</summary>
[JsonConverter(typeof(IdentifierJsonConverter<SessionId>))]
public readonly record struct SessionId(string Value) : IIdentifier<SessionId>
{
    public static implicit operator string(SessionId id) => id.Value;

    static SessionId IIdentifier<SessionId>.From(string value) => new(value);

    public override string ToString() => Value;
}

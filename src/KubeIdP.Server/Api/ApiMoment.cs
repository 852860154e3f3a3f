using System.Text.Json;
using System.Text.Json.Serialization;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Api;

/// <summary>
/// A moment in a body, read as one in a query is and as the command line reads it. The framework would take one without an offset for local time here and for UTC
/// there, and the two would mean other sessions.
/// </summary>
internal sealed class ApiMoment : JsonConverter<DateTimeOffset>
{
    /// <summary>Null for what can be read.</summary>
    public static string? FaultOf(string name, string text) => MomentText.Parse(text) is null ? $"{name} takes a moment, such as 2027-01-31T09:00Z." : null;

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType is JsonTokenType.String && MomentText.Parse(reader.GetString()!) is { } moment ? moment : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}

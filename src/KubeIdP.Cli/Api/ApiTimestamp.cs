using System.Text.Json;
using System.Text.Json.Serialization;
using KubeIdP.Core.Naming;

namespace KubeIdP.Cli.Api;

/// <summary>
/// A time in a body, read in the same way as in a query and on the command line. The framework reads a time without an offset as local time
/// in one place and as UTC in another, so the same text would select different sessions.
/// </summary>
internal sealed class ApiTimestamp : JsonConverter<DateTimeOffset>
{
    /// <summary>Null when the text is valid.</summary>
    public static string? FaultOf(string name, string text) =>
        TimestampText.Parse(text) is null ? $"{name} takes a time, such as 2027-01-31T09:00Z." : null;

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType is JsonTokenType.String && TimestampText.Parse(reader.GetString()!) is { } moment
            ? moment
            : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);
}

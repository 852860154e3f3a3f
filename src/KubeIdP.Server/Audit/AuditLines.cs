using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using KubeIdP.Data.Audit;

namespace KubeIdP.Server.Audit;

/// <summary>Writes and reads both kinds of lines.</summary>
internal static class AuditLines
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,

        // For files and pipes, not for pages, so that names in any script stay readable. Line ends and control characters are still
        // escaped.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write<T>(T line) => JsonSerializer.Serialize(line, Json);

    /// <summary>The lines of a batch, each with a line end.</summary>
    public static IEnumerable<string> Of(AuditBatch batch) =>
        batch.Events.Select(auditEvent => AuditLine.Of(auditEvent) + "\n").Append(CheckpointLine.Of(batch) + "\n");

    /// <summary>An <see cref="AuditLine"/>, a <see cref="CheckpointLine"/>, or null for another line.</summary>
    /// <exception cref="JsonException">The line is marked as one of these but is invalid.</exception>
    public static object? Read(string line)
    {
        if (!line.Contains(AuditLine.Name, StringComparison.Ordinal) || NameOf(line) is not { } name) return null;
        return name switch
        {
            AuditLine.Name =>
                JsonSerializer.Deserialize<AuditLine>(line, Json) is { Code: not null, Type: not null } auditEvent
                    ? auditEvent
                    : throw new JsonException("The audit event is incomplete."),
            CheckpointLine.Name =>
                JsonSerializer.Deserialize<CheckpointLine>(line, Json) is { Code: not null, Previous: not null } checkpoint
                    ? checkpoint
                    : throw new JsonException("The checkpoint is incomplete."),
            _ => null,
        };
    }

    private static string? NameOf(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("log", out var log)
                && log.ValueKind == JsonValueKind.String ? log.GetString() : null;
        }
        catch (JsonException) when (!line.StartsWith($$"""{"log":"{{AuditLine.Name}}""", StringComparison.Ordinal))
        {
            // A text of another program that mentions the audit log.
            return null;
        }
    }
}

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using KubeIdP.Data.Audit;

namespace KubeIdP.Server.Audit;

/// <summary>An audit event as one line of JSON. Unknown values are omitted.</summary>
/// <param name="Log">Distinguishes these lines from others on standard output.</param>
/// <param name="Salt">Proves the audit event together with the code; see <c>audit verify</c>.</param>
internal sealed record AuditLine(
    string Log, long Id, DateTimeOffset At, string Type, string? Actor, string? Person, string? Session, string? Grant, string? Client,
    string? Address, string? Detail,
    string? Reason, string? Reference, long? Checkpoint, byte[]? Salt, byte[]? Digest, byte[] Code)
{
    public const string Name = "kubeidp.audit";

    public static string Of(AuditEvent auditEvent) => AuditLines.Write(
        new AuditLine(
            Name, auditEvent.Id, auditEvent.At, auditEvent.Type, auditEvent.Actor, auditEvent.PersonId, auditEvent.SessionId,
            auditEvent.GrantId, auditEvent.ClientId, auditEvent.Address, auditEvent.Detail, auditEvent.Reason, auditEvent.Reference,
            auditEvent.Checkpoint, auditEvent.Salt, auditEvent.Digest, auditEvent.Code));

    public AuditEvent ToEvent() => new()
    {
        Id = Id, At = At, Type = Type, Actor = Actor, PersonId = Person, SessionId = Session, GrantId = Grant, ClientId = Client,
            Address = Address, Detail = Detail,
        Reason = Reason, Reference = Reference, Checkpoint = Checkpoint, Salt = Salt, Digest = Digest, Code = Code,
    };
}

/// <summary>A checkpoint as one line of JSON, after the lines of its audit events.</summary>
/// <param name="Events">Their number.</param>
/// <param name="Previous">The code of the checkpoint before.</param>
internal sealed record CheckpointLine(string Log, long Checkpoint, DateTimeOffset At, int Events, byte[] Previous, byte[] Code)
{
    public const string Name = "kubeidp.audit.checkpoint";

    public static string Of(AuditBatch batch) =>
        AuditLines.Write(
            new CheckpointLine(Name, batch.Checkpoint.Number, batch.Checkpoint.At, batch.Checkpoint.Events, batch.Previous,
                batch.Checkpoint.Code));

    public AuditCheckpoint ToCheckpoint() => new() { Number = Checkpoint, At = At, Events = Events, Code = Code };
}

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

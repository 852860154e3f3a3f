using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using KubeIdP.Data.Audit;

namespace KubeIdP.Server.Audit;

/// <summary>A fact as one line of JSON. What is not known is left out.</summary>
/// <param name="Log">Tells these lines from others where both go to standard output.</param>
internal sealed record AuditLine(
    string Log, long Id, DateTimeOffset At, string Type, string? Actor, string? Person, string? Session, string? Grant, string? Client, string? Address, string? Detail,
    string? Reason, string? Reference)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,

        // For files and pipes, not for pages: a name in any script stays readable. Line ends and control characters are escaped all the same.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Of(AuditEvent fact) => JsonSerializer.Serialize(
        new AuditLine(
            "kubeidp.audit", fact.Id, fact.At, fact.Type, fact.Actor, fact.PersonId, fact.SessionId, fact.GrantId, fact.ClientId, fact.Address, fact.Detail, fact.Reason, fact.Reference),
        Json);
}

using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Audit;

public sealed record AuditOptions
{
    /// <summary>The value of <see cref="JsonLines"/> that means standard output.</summary>
    public const string StandardOutput = "stdout";

    /// <summary>
    /// Where each audit event is also written as one line of JSON, for a SIEM: stdout, or a file to append to. One of the replicas writes
    /// every audit event at least once, about a second after it happened, and a checkpoint after each batch, so that <c>audit verify</c>
    /// can detect events that were deleted from the database. After a crash some events may be written again, with the same id. If this is
    /// set later, the export begins with the oldest audit event. Default: no export.
    /// </summary>
    [Path(Except = StandardOutput)]
    public string? JsonLines { get; init; }

    /// <summary>
    /// How long audit events are retained, at least 30 days, such as 400.00:00:00. Older ones are deleted some thousand at a time, together
    /// with their checkpoints; if <see cref="JsonLines"/> is set, only after they have been written there. Default: for ever.
    /// </summary>
    public TimeSpan? Retention { get; init; }
}

using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Audit;

public sealed record AuditOptions
{
    /// <summary>The value of <see cref="JsonLines"/> that means standard output.</summary>
    public const string StandardOutput = "stdout";

    /// <summary>
    /// Where each audit event is also written as one line of JSON, for a SIEM: stdout, or a file to append to. Every audit event is written at least once, by one of the
    /// replicas, a second after it happened and with a checkpoint, by which audit verify finds what was cut off in the database; after a crash some may come again,
    /// with the same id. Turned on later, it begins with the oldest audit event. Default: nowhere.
    /// </summary>
    [Path(Except = StandardOutput)]
    public string? JsonLines { get; init; }

    /// <summary>
    /// How long audit events are kept, at least 30 days, such as 400.00:00:00; they go some thousand at a time, with the checkpoints over them. With <see cref="JsonLines"/> none is deleted before it has been written there.
    /// Default: for ever.
    /// </summary>
    public TimeSpan? Retention { get; init; }
}

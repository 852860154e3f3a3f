namespace KubeIdP.Server.Audit;

internal static partial class AuditMessages
{
    [LoggerMessage(2301, LogLevel.Warning,
        "Audit events can't be written to {Target} and wait in the database ({Waiting} at the last count): {Detail}")]
    public static partial void ExportInterrupted(this ILogger logger, string target, long? waiting, string detail);

    [LoggerMessage(2304, LogLevel.Warning,
        "{Target} has accepted no audit event for {Seconds:0} s; audit events wait in the database ({Waiting} at the last count). Check "
        + "the process that reads it, or its file system")]
    public static partial void ExportBlocked(this ILogger logger, string target, double seconds, long? waiting);

    [LoggerMessage(2303, LogLevel.Warning, "No audit checkpoint can be written; audit events wait in the database without one: {Detail}")]
    public static partial void CheckpointsInterrupted(this ILogger logger, string detail);

    [LoggerMessage(2302, LogLevel.Warning, "Deleting old audit events failed and will be retried in an hour: {Cause}")]
    public static partial void PruningFailed(this ILogger logger, string cause);

    [LoggerMessage(2305, LogLevel.Warning, "The counts of further refusals can't be written to the audit log: {Cause}")]
    public static partial void CountsNotWritten(this ILogger logger, string cause);
}

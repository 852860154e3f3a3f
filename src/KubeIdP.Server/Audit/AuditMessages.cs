namespace KubeIdP.Server.Audit;

internal static partial class AuditMessages
{
    [LoggerMessage(2301, LogLevel.Warning, "Audit events can't be written to {Target} and wait in the database ({Waiting} at the last count): {Detail}")]
    public static partial void ExportInterrupted(this ILogger logger, string target, long? waiting, string detail);

    [LoggerMessage(2304, LogLevel.Warning, "{Target} has taken no audit event for {Seconds:0} s; they wait in the database ({Waiting} at the last count). Look at what reads it, or at its file system")]
    public static partial void ExportBlocked(this ILogger logger, string target, double seconds, long? waiting);

    [LoggerMessage(2303, LogLevel.Warning, "Audit events can't be covered by a checkpoint and wait in the database: {Detail}")]
    public static partial void CheckpointsInterrupted(this ILogger logger, string detail);

    [LoggerMessage(2302, LogLevel.Warning, "Deleting old audit events failed and is tried again in an hour: {Cause}")]
    public static partial void PruningFailed(this ILogger logger, string cause);

    [LoggerMessage(2305, LogLevel.Warning, "The numbers of further refusals can't be written to the audit: {Cause}")]
    public static partial void CountsNotWritten(this ILogger logger, string cause);
}

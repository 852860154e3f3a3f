namespace KubeIdP.Server.Audit;

internal static partial class AuditRoomLog
{
    [LoggerMessage(2301, LogLevel.Warning, "Facts can't be written to {Target} and wait in the database: {Detail}")]
    public static partial void ExportInterrupted(this ILogger logger, string target, string detail);

    [LoggerMessage(2303, LogLevel.Warning, "Facts can't be sealed and wait in the database: {Detail}")]
    public static partial void SealingInterrupted(this ILogger logger, string detail);

    [LoggerMessage(2302, LogLevel.Warning, "Deleting old facts failed and is tried again in an hour")]
    public static partial void PruningFailed(this ILogger logger, Exception fault);
}

namespace KubeIdP.Server.Sessions;

internal static partial class SessionsLog
{
    [LoggerMessage(2001, LogLevel.Warning, "Deleting old sessions failed and will be retried in an hour: {Cause}")]
    public static partial void PruningFailed(this ILogger logger, string cause);
}

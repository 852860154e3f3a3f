namespace KubeIdP.Server.Sessions;

internal static partial class SessionsLog
{
    [LoggerMessage(2001, LogLevel.Warning, "Clearing away old sessions failed and is tried again in an hour: {Cause}")]
    public static partial void PruningFailed(this ILogger logger, string cause);
}

namespace KubeIdP.Server.Sessions;

internal static partial class SessionsLog
{
    [LoggerMessage(2001, LogLevel.Warning, "Clearing away old sessions failed and is tried again in an hour: {Cause}")]
    public static partial void PruningFailed(this ILogger logger, string cause);

    [LoggerMessage(2002, LogLevel.Information, "Session {SessionId} was ended by {By}: {Why}")]
    public static partial void SessionEnded(this ILogger logger, string sessionId, string by, string why);
}

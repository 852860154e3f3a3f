namespace KubeIdP.Server.Logout;

internal static partial class LogoutLog
{
    [LoggerMessage(2002, LogLevel.Information, "{By} ended the session {SessionId}: {Why}")]
    public static partial void SessionEnded(this ILogger logger, string sessionId, string by, string why);
}

namespace KubeIdP.Server.Logout;

internal static partial class LogoutLog
{
    [LoggerMessage(2002, LogLevel.Information, "Session {SessionId} was ended by {By}: {Why}")]
    public static partial void SessionEnded(this ILogger logger, string sessionId, string by, string why);
}

namespace KubeIdP.Server.BackChannelLogout;

internal static partial class BackChannelLogoutLog
{
    [LoggerMessage(2801, LogLevel.Information, "Client {ClientId} was told that session {SessionId} has ended")]
    public static partial void Delivered(this ILogger logger, string clientId, string sessionId);

    [LoggerMessage(2802, LogLevel.Warning, "Client {ClientId} could not be told that session {SessionId} has ended (try {Attempt}): {Trouble}")]
    public static partial void NotDelivered(this ILogger logger, string clientId, string sessionId, int attempt, string trouble);

    [LoggerMessage(2803, LogLevel.Warning, "Telling client {ClientId} of ended sessions is interrupted, and goes on by itself: {Trouble}")]
    public static partial void DeliveryInterrupted(this ILogger logger, string clientId, string trouble);
}

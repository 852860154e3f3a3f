namespace KubeIdP.Server.BackChannelLogout;

internal static partial class BackChannelLogoutLog
{
    [LoggerMessage(2801, LogLevel.Information, "Client {ClientId} was notified that session {SessionId} has ended")]
    public static partial void Delivered(this ILogger logger, string clientId, string sessionId);

    [LoggerMessage(2802, LogLevel.Warning,
        "Client {ClientId} could not be notified that session {SessionId} has ended (attempt {Attempt}): {Reason}")]
    public static partial void NotDelivered(this ILogger logger, string clientId, string sessionId, int attempt, string reason);

    [LoggerMessage(2803, LogLevel.Warning, "Notifying client {ClientId} of ended sessions was interrupted and will be retried: {Reason}")]
    public static partial void DeliveryInterrupted(this ILogger logger, string clientId, string reason);
}

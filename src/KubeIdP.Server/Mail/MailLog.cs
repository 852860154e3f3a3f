namespace KubeIdP.Server.Mail;

internal static partial class MailLog
{
    [LoggerMessage(3001, LogLevel.Warning, "The email message to {Username} could not be sent and will be tried again: {Cause}")]
    public static partial void Delayed(this ILogger logger, string username, string cause);

    [LoggerMessage(3002, LogLevel.Error,
        "The email message to {Username} could not be sent in five attempts, and is not sent: {Cause}. Run check --connect")]
    public static partial void GivenUp(this ILogger logger, string username, string cause);

    [LoggerMessage(3003, LogLevel.Error,
        "An email message is not sent: {Max} already wait for the mail server. {Suppressed} such messages were not logged")]
    public static partial void QueueFull(this ILogger logger, int max, long suppressed);

    [LoggerMessage(3004, LogLevel.Warning, "Sending email messages failed and will be tried again: {Cause}")]
    public static partial void DeliveryFailed(this ILogger logger, string cause);
}

namespace KubeIdP.Server.TokenReview;

internal static partial class TokenReviewLog
{
    [LoggerMessage(2201, LogLevel.Warning, "What has ended can't be followed and is asked for with each review until it can: {Detail}")]
    public static partial void FeedInterrupted(this ILogger logger, string detail);

    [LoggerMessage(2202, LogLevel.Debug, "A token shown to {ClientId} is not good: {Reason}")]
    public static partial void TokenRefused(this ILogger logger, string clientId, string reason);
}

namespace KubeIdP.Server.TokenReview;

internal static partial class TokenReviewLog
{
    [LoggerMessage(2201, LogLevel.Warning,
        "The feed of ended sessions is interrupted; until it recovers, each token review queries the database: {Detail}")]
    public static partial void FeedInterrupted(this ILogger logger, string detail);

    [LoggerMessage(2202, LogLevel.Debug, "A token that {ClientId} sent for review is not valid: {Reason}")]
    public static partial void TokenRefused(this ILogger logger, string clientId, string reason);
}

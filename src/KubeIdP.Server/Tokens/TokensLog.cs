namespace KubeIdP.Server.Tokens;

internal static partial class TokensLog
{
    [LoggerMessage(2101, LogLevel.Information, "Refresh refused for grant {GrantId} of {ClientId}: {Reason}")]
    public static partial void RefreshRefused(this ILogger logger, string grantId, string clientId, string reason);

    [LoggerMessage(2102, LogLevel.Warning,
        "A superseded refresh token (generation {Generation}) of grant {GrantId} of {ClientId} was presented: the grant has ended")]
    public static partial void RefreshReplayed(this ILogger logger, string grantId, string clientId, int generation);

    [LoggerMessage(2103, LogLevel.Information,
        "The answer to generation {Generation} of grant {GrantId} of {ClientId} was lost; a new one is issued")]
    public static partial void RefreshLostAnswer(this ILogger logger, string grantId, string clientId, int generation);

    [LoggerMessage(2104, LogLevel.Warning, "The code of grant {GrantId} of {ClientId} was presented twice: the grant has ended")]
    public static partial void CodeReplayed(this ILogger logger, string grantId, string clientId);

    [LoggerMessage(2106, LogLevel.Warning, "Refresh of grant {GrantId} of {ClientId} postponed: the person's directory does not answer")]
    public static partial void RefreshPostponed(this ILogger logger, string grantId, string clientId);

    [LoggerMessage(2107, LogLevel.Warning,
        "The ID token of {Subject} for {ClientId} has about {Size} of at most {Limit} bytes. See {Key}.groups")]
    public static partial void IdTokenLarge(this ILogger logger, string subject, string clientId, int size, int limit, string key);

    [LoggerMessage(2110, LogLevel.Warning, "Tokens of {ClientId}: {What}. See {Key}.groups")]
    public static partial void GroupLeftOut(this ILogger logger, string clientId, string what, string key);

    [LoggerMessage(2111, LogLevel.Error,
        "Generation {Generation} of grant {GrantId} of {ClientId} is newer than the database, which has lost committed writes: sessions "
        + "that were ended shortly before may be active again. It is accepted as current")]
    public static partial void RefreshLostWrite(this ILogger logger, string grantId, string clientId, int generation);

    [LoggerMessage(2105, LogLevel.Warning, "Too much time passed between using grant {GrantId} and signing its tokens: nothing was issued")]
    public static partial void IssuanceStale(this ILogger logger, string grantId);
}

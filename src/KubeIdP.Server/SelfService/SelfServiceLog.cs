namespace KubeIdP.Server.SelfService;

internal static partial class SelfServiceLog
{
    [LoggerMessage(1401, LogLevel.Information, "{Subject} added the factor {FactorId}")]
    public static partial void FactorAdded(this ILogger logger, string subject, string factorId);

    [LoggerMessage(1402, LogLevel.Information, "{Subject} removed the factor {FactorId}")]
    public static partial void FactorRemoved(this ILogger logger, string subject, string factorId);

    [LoggerMessage(1403, LogLevel.Information, "{Subject} created new recovery codes")]
    public static partial void RecoveryCodesMade(this ILogger logger, string subject);

    [LoggerMessage(1404, LogLevel.Information, "{Subject} ended the session {SessionId}")]
    public static partial void SessionEndedByOwner(this ILogger logger, string subject, string sessionId);
}

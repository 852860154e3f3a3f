namespace KubeIdP.Server.Administration;

internal static partial class AdministrationLog
{
    [LoggerMessage(1501, LogLevel.Information, "{Administrator} performed {Act} on {Subject}")]
    public static partial void ActPerformed(this ILogger logger, string administrator, string act, string subject);

    [LoggerMessage(1502, LogLevel.Information, "{Administrator} ended the session {SessionId}")]
    public static partial void SessionEndedByAdministrator(this ILogger logger, string administrator, string sessionId);

    [LoggerMessage(1503, LogLevel.Information, "{Administrator} ended the grant {GrantId}")]
    public static partial void GrantEndedByAdministrator(this ILogger logger, string administrator, string grantId);

    [LoggerMessage(1504, LogLevel.Information, "{Administrator} created {Count} enrolment codes")]
    public static partial void EnrolmentCodesMade(this ILogger logger, string administrator, int count);

    [LoggerMessage(1505, LogLevel.Information, "{Administrator} ended {Count} sessions at once")]
    public static partial void ManySessionsEnded(this ILogger logger, string administrator, long count);

    [LoggerMessage(1506, LogLevel.Information, "{Administrator} denied the device request {RequestId}")]
    public static partial void DeviceDeniedByAdministrator(this ILogger logger, string administrator, string requestId);
}

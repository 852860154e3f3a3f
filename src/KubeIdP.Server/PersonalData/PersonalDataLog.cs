namespace KubeIdP.Server.PersonalData;

internal static partial class PersonalDataLog
{
    [LoggerMessage(2701, LogLevel.Warning, "Erasing the data of people after its retention failed and will be retried in an hour: {Cause}")]
    public static partial void ErasureFailed(this ILogger logger, string cause);

    [LoggerMessage(2702, LogLevel.Information,
        "Erased the data stored about person {PersonId}, and the personal data in {AuditEvents} audit events")]
    public static partial void Erased(this ILogger logger, string personId, long auditEvents);
}

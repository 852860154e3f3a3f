namespace KubeIdP.Server.PersonalData;

internal static partial class PersonalDataLog
{
    [LoggerMessage(2701, LogLevel.Warning, "Erasing what is kept of people who are gone failed and is tried again in an hour: {Cause}")]
    public static partial void ErasingFailed(this ILogger logger, string cause);

    [LoggerMessage(2702, LogLevel.Information, "What was kept of person {PersonId} was erased, and the personal part of {Facts} facts")]
    public static partial void Erased(this ILogger logger, string personId, long facts);
}

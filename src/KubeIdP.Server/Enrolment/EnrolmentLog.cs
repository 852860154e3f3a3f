namespace KubeIdP.Server.Enrolment;

internal static partial class EnrolmentLog
{
    [LoggerMessage(1206, LogLevel.Warning,
        "Enrolment is open until {Day}: anyone who has the password of a person in a directory can set up the first second factor of "
        + "that person")]
    public static partial void EnrolmentOpen(this ILogger logger, string day);

    [LoggerMessage(1207, LogLevel.Warning, "Could not record in the audit log that enrolment is open; will retry: {Error}")]
    public static partial void EnrolmentOpenNotRecorded(this ILogger logger, string error);
}

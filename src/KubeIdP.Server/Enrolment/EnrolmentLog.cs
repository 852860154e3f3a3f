namespace KubeIdP.Server.Enrolment;

internal static partial class EnrolmentLog
{
    [LoggerMessage(1206, LogLevel.Warning, "Enrolment is open until {Day}: whoever has the password of somebody in a directory can set up their first second factor")]
    public static partial void EnrolmentOpen(this ILogger logger, string day);

    [LoggerMessage(1207, LogLevel.Warning, "That enrolment is open could not be recorded in the audit, and is tried again: {Trouble}")]
    public static partial void EnrolmentOpenNotRecorded(this ILogger logger, string trouble);
}

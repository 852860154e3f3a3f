namespace KubeIdP.Server.Runtime;

internal static partial class RuntimeLog
{
    [LoggerMessage(1001, LogLevel.Error, "{Kind} {Cause} (reference {Reference}; since the last such line {More} other requests were refused)")]
    public static partial void Outage(this ILogger logger, string kind, string cause, string reference, long more);

    [LoggerMessage(1009, LogLevel.Error, "A run of the background job {Job} failed, and not because of an outage; it is tried again")]
    public static partial void JobFailed(this ILogger logger, string job, Exception fault);
}

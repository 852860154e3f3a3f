namespace KubeIdP.Server.Runtime;

internal static partial class RuntimeLog
{
    [LoggerMessage(1001, LogLevel.Error,
        "{Kind} {Cause} (reference {Reference}; {More} more requests were refused since the last message like this)")]
    public static partial void Outage(this ILogger logger, string kind, string cause, string reference, long more);

    [LoggerMessage(1009, LogLevel.Error,
        "A run of the background job {Job} failed unexpectedly (not because of an outage); it will be retried")]
    public static partial void JobFailed(this ILogger logger, string job, Exception fault);

    [LoggerMessage(1025, LogLevel.Warning, "The service manager could not be told at {Socket} how far this server is: {Cause}")]
    public static partial void NotNotified(this ILogger logger, string socket, string cause);
}

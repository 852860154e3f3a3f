namespace KubeIdP.Server.Operations;

internal static partial class OperationsLog
{
    [LoggerMessage(1901, LogLevel.Information, "Asked to stop: not ready any more, going on for {Seconds} s")]
    public static partial void Draining(this ILogger logger, double seconds);

    [LoggerMessage(1902, LogLevel.Warning, "Not ready: {Reasons}")]
    public static partial void NotReady(this ILogger logger, string reasons);

    [LoggerMessage(1903, LogLevel.Information, "Ready again")]
    public static partial void Ready(this ILogger logger);

    [LoggerMessage(1904, LogLevel.Warning, "The live sessions could not be counted: {Cause}")]
    public static partial void SessionsNotCounted(this ILogger logger, string cause);

    [LoggerMessage(1905, LogLevel.Warning, "All threads wait for something outside of this process, such as a database that accepts and says nothing: from now on up to {Threads} are started at once")]
    public static partial void ThreadsAdded(this ILogger logger, int threads);

    [LoggerMessage(1906, LogLevel.Error, "Whether this replica is ready could not be found out; it is tried again: {Cause}")]
    public static partial void ReadinessUnknown(this ILogger logger, string cause);
}

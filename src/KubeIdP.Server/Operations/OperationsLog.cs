namespace KubeIdP.Server.Operations;

internal static partial class OperationsLog
{
    [LoggerMessage(1901, LogLevel.Information,
        "Stop requested: this server is no longer ready and serves requests for another {Seconds} s")]
    public static partial void Draining(this ILogger logger, double seconds);

    [LoggerMessage(1902, LogLevel.Warning, "Not ready: {Reasons}")]
    public static partial void NotReady(this ILogger logger, string reasons);

    [LoggerMessage(1903, LogLevel.Information, "Ready again")]
    public static partial void Ready(this ILogger logger);

    [LoggerMessage(1904, LogLevel.Warning, "The live sessions could not be counted: {Cause}")]
    public static partial void SessionsNotCounted(this ILogger logger, string cause);

    [LoggerMessage(1905, LogLevel.Warning,
        "All threads are blocked on something outside this process, such as a database that accepts connections and does not answer. "
        + "From now on up to {Threads} threads are started at once")]
    public static partial void ThreadsAdded(this ILogger logger, int threads);

    [LoggerMessage(1906, LogLevel.Error, "The readiness of this replica could not be determined; this will be retried: {Cause}")]
    public static partial void ReadinessUnknown(this ILogger logger, string cause);
}

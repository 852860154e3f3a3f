namespace KubeIdP.Server.Commands;

internal static partial class CommandsLog
{
    [LoggerMessage(1004, LogLevel.Information, "KubeIdP serves {Issuer}, listening on {Listen}")]
    public static partial void Serving(this ILogger logger, string issuer, string listen);

    [LoggerMessage(1005, LogLevel.Error, "The server can't start yet and keeps trying: {Reason}")]
    public static partial void StartRetries(this ILogger logger, string reason);

    [LoggerMessage(1006, LogLevel.Information, "The server has started, after waiting {Seconds} s for its database")]
    public static partial void StartedAfterRetries(this ILogger logger, int seconds);

    [LoggerMessage(1007, LogLevel.Critical, "The server stops without a request to stop: the log entries before this one say why")]
    public static partial void StoppedUnrequested(this ILogger logger);

    [LoggerMessage(1008, LogLevel.Information, "Connected to the database {Path}")]
    public static partial void DatabaseReached(this ILogger logger, string path);
}

namespace KubeIdP.Server.Commands;

internal static partial class CommandsLog
{
    [LoggerMessage(1004, LogLevel.Information, "KubeIdP serves {Issuer}, listening on {Listen}")]
    public static partial void Serving(this ILogger logger, string issuer, string listen);

    [LoggerMessage(1005, LogLevel.Error, "The server can't start yet and goes on trying: {Reason}")]
    public static partial void StartWaits(this ILogger logger, string reason);

    [LoggerMessage(1006, LogLevel.Information, "The server has started, after waiting {Seconds} s for its database")]
    public static partial void StartWaited(this ILogger logger, int seconds);

    [LoggerMessage(1007, LogLevel.Critical, "The server ends without having been asked to: the lines before this one say why")]
    public static partial void EndedUnasked(this ILogger logger);

    [LoggerMessage(1008, LogLevel.Information, "The database is reached {Path}")]
    public static partial void DatabaseReached(this ILogger logger, string path);
}

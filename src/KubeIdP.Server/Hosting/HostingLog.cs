namespace KubeIdP.Server.Hosting;

internal static partial class HostingLog
{
    [LoggerMessage(1001, LogLevel.Error, "The database did not answer (reference {Reference})")]
    public static partial void Outage(this ILogger logger, string reference, Exception fault);

    [LoggerMessage(1002, LogLevel.Error, "A request failed by a bug (reference {Reference})")]
    public static partial void Bug(this ILogger logger, string reference, Exception fault);

    [LoggerMessage(1003, LogLevel.Information, "The configuration in force is {Fingerprint} (config show prints it)")]
    public static partial void ConfigurationLoaded(this ILogger logger, string fingerprint);
}

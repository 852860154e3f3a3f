namespace KubeIdP.Server.Hosting;

internal static partial class HostingLog
{
    [LoggerMessage(1001, LogLevel.Error, "{Kind} {Cause} (reference {Reference}; since the last such line {More} other requests were refused)")]
    public static partial void Outage(this ILogger logger, string kind, string cause, string reference, long more);

    [LoggerMessage(1002, LogLevel.Error, "A request failed by a bug (reference {Reference})")]
    public static partial void Bug(this ILogger logger, string reference, Exception fault);

    [LoggerMessage(1004, LogLevel.Information, "KubeIdP serves {Issuer}, listening on {Listen}")]
    public static partial void Serving(this ILogger logger, string issuer, string listen);

    [LoggerMessage(1003, LogLevel.Information, "The configuration in force is {Fingerprint} (config show prints it)")]
    public static partial void ConfigurationLoaded(this ILogger logger, string fingerprint);
}

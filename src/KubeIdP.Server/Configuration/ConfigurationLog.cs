namespace KubeIdP.Server.Configuration;

internal static partial class ConfigurationLog
{
    [LoggerMessage(1003, LogLevel.Information,
        "The configuration has the fingerprint {Fingerprint} (the command \"config show\" prints it)")]
    public static partial void ConfigurationLoaded(this ILogger logger, string fingerprint);
}

namespace KubeIdP.Server.Throttling;

internal static partial class ThrottlingLog
{
    [LoggerMessage(1104, LogLevel.Warning,
        "Logins from {Network} fail for more than {Accounts} accounts and are slowed down: this looks like password spraying")]
    public static partial void Spraying(this ILogger logger, string network, int accounts);
}

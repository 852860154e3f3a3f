namespace KubeIdP.Server.Throttling;

internal static partial class ThrottlingLog
{
    [LoggerMessage(1104, LogLevel.Warning, "{Network} fails at more than {Accounts} accounts and is slowed down: somebody tries passwords on everybody")]
    public static partial void Spraying(this ILogger logger, string network, int accounts);
}

namespace KubeIdP.Server.Freshness;

internal static partial class FreshnessLog
{
    [LoggerMessage(1307, LogLevel.Information, "{Subject} is as upstream {Connector} has them now")]
    public static partial void PersonUpdated(this ILogger logger, string subject, string connector);

    [LoggerMessage(1309, LogLevel.Information, "{Subject} is gone from upstream {Connector}: sessions and factors are taken away")]
    public static partial void LeaverRemoved(this ILogger logger, string subject, string connector);

    [LoggerMessage(1310, LogLevel.Warning, "Upstream {Connector} does not answer, so leavers are looked for tomorrow night")]
    public static partial void SweepPutOff(this ILogger logger, string connector);

    [LoggerMessage(1311, LogLevel.Error, "The nightly search for leavers failed; it is tried again tomorrow: {Cause}")]
    public static partial void SweepFailed(this ILogger logger, string cause);

    [LoggerMessage(1308, LogLevel.Information, "Upstream {Connector} refuses {Subject}: {Reason}; all sessions have ended")]
    public static partial void UpstreamRefused(this ILogger logger, string subject, string connector, string reason);
}
